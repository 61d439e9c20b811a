using System.CommandLine;

namespace Tombolo.Cli.Lab;

/// <summary>The roles of a lab under <c>tombolo role</c>.</summary>
public static class RoleCommands
{
    public static IReadOnlyList<Command> Create() =>
        [SupervisorCommand.Create(), ClusterCommand.Create(), KubeletCommand.Create()];
}
