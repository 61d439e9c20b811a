using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tombolo.Lab;
using Tombolo.Lab.Supervision;

namespace Tombolo.Cli.Lab;

/// <summary><c>tombolo role supervisor</c>.</summary>
internal static class SupervisorCommand
{
    public static Command Create()
    {
        var lab = new Option<string>("--lab") { Description = "name of the lab", Required = true };
        var command = new Command("supervisor", "Keeps a lab's roles running; lab up starts it.") { lab };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var logs = RoleLogs.Create();
                var place = new LabPlace(Checkout.Find(), parsed.GetRequiredValue(lab));
                return await new Supervisor(place, logs.CreateLogger<Supervisor>()).RunAsync(cancel);
            }
        );
        return command;
    }
}
