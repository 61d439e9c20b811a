using System.CommandLine;
using Tombolo.Cli;
using Tombolo.Cli.Bgp;
using Tombolo.Cli.Lab;

var role = new Command("role", "One of the processes that make up Tombolo or a lab.")
{
    ControllerCommand.Create(),
    RouteServerCommand.Create(),
};
foreach (var one in RoleCommands.Create())
{
    role.Add(one);
}
var root = new RootCommand("Tombolo: virtual networks for Kubernetes.")
{
    LabCommands.Create(),
    StatusCommand.Create(),
    NodeCommand.Create(),
    DropsCommand.Create(),
    CheckCommand.Create(),
    BgpCommands.Create(),
    role,
};
return await root.Parse(args).InvokeAsync();
