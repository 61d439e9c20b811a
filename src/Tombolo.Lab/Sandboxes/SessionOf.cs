using System.Globalization;
using Tombolo.Lab.Processes;

namespace Tombolo.Lab.Sandboxes;

/// <summary>The processes of a session that a process leads.</summary>
internal static class SessionOf
{
    public static void Kill(ProcessId leader)
    {
        if (!leader.Signal(Tombolo.Linux.Processes.SigKill))
        {
            return;
        }
        // Until somebody waits for the leader its number is not given again: the session is still its own.
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), out var pid) && pid != leader.Pid && Session(pid) == leader.Pid)
            {
                ProcessId.Of(pid).Signal(Tombolo.Linux.Processes.SigKill);
            }
        }
    }

    // "pid (name) state ppid pgrp session ...": the sixth field.
    private static int Session(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[6 - 3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
