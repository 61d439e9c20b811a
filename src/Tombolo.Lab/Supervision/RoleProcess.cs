using System.Diagnostics;
using Tombolo.Lab.Processes;

namespace Tombolo.Lab.Supervision;

/// <summary>Starts a role in its namespace.</summary>
internal static class RoleProcess
{
    // Descriptors are inherited by whoever is started meanwhile: one start at a time.
    private static readonly Lock Starting = new();

    /// <summary>
    /// The shell gives it its log and then becomes nsenter, which becomes the role: one process, whose pid is the role's.
    /// </summary>
    public static Process Start(LabPlace place, Role role)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = place.Checkout.Path };
        string[] words =
        [
            "-c",
            "exec </dev/null >>\"$1\" 2>&1; shift; exec nsenter \"$@\"",
            "sh",
            Path.Combine(place.Logs, role.Name + ".log"),
            $"--net={role.Netns}",
            "--",
            .. role.Command,
        ];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        Prepare(start, place);
        lock (Starting)
        {
            var sockets = role.Sockets ?? [];
            foreach (var socket in sockets)
            {
                socket.SetInherited(true);
            }
            try
            {
                return Process.Start(start)!; // a program by its path gives a process or throws
            }
            finally
            {
                foreach (var socket in sockets)
                {
                    socket.SetInherited(false);
                }
            }
        }
    }

    /// <summary>What every process of a lab has in its environment: by the instance a later command finds it.</summary>
    public static void Prepare(ProcessStartInfo start, LabPlace place)
    {
        start.Environment[ProcessTable.InstanceVariable] = place.Instance;
        start.Environment["TOMBOLO_ROOT"] = place.Checkout.Path;
        // A dozen .NET processes on a small machine: what helps the first seconds, and small heaps.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
    }
}
