using System.Globalization;

namespace Tombolo.Lab.Processes;

/// <summary>One process for ever: a pid alone may be given again.</summary>
/// <param name="StartTime">Clock ticks since boot, field 22 of <c>/proc/PID/stat</c>.</param>
internal readonly record struct ProcessId(int Pid, long StartTime)
{
    /// <summary>Alive, and no zombie.</summary>
    public bool IsAlive => StartTimeOf(Pid) == StartTime;

    public static ProcessId Of(int pid) => new(pid, StartTimeOf(pid));

    /// <returns>0 if there is no such process, or it has ended and waits for its parent.</returns>
    public static long StartTimeOf(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException) // none, or it ends just now (ESRCH)
        {
            return 0;
        }
        // "pid (name) state ppid ...": the name may hold anything, the state is the third field, the start the 22nd.
        var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return rest[0] is "Z" or "X" ? 0 : long.Parse(rest[22 - 3], CultureInfo.InvariantCulture);
    }

    public static ProcessId? Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 2 && int.TryParse(parts[0], out var pid) && long.TryParse(parts[1], out var start)
            ? new ProcessId(pid, start)
            : null;
    }

    /// <summary>From a file that holds its text.</summary>
    /// <returns>Null if there is no file, or another text in it.</returns>
    public static ProcessId? Read(string path) => File.Exists(path) ? Parse(File.ReadAllText(path)) : null;

    /// <returns>False if it has ended.</returns>
    public bool Signal(int signal) => IsAlive && Tombolo.Linux.Processes.Signal(Pid, signal) == 0;

    public override string ToString() => $"{Pid} {StartTime}";
}
