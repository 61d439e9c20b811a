using System.Diagnostics;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary>What of one lab is on the machine, seen without the lab's own words for it.</summary>
internal sealed class Machine(LabPlace place)
{
    /// <summary>Links of the machine's own network namespace.</summary>
    public static IReadOnlyList<string> Links() => [.. Directory.GetDirectories("/sys/class/net").Order()];

    public IReadOnlyList<string> Mounts() =>
        [
            .. File.ReadLines("/proc/self/mountinfo")
                .Where(line => line.Contains(place.Instance, StringComparison.Ordinal)),
        ];

    /// <summary>Processes in a network namespace that is bound below the lab's directory, and those started by its name.</summary>
    public IReadOnlyList<string> Processes()
    {
        var inodes = Directory.Exists(place.Run)
            ? Run(
                    "find",
                    place.Run,
                    "-xdev",
                    "-type",
                    "f",
                    "(",
                    "-name",
                    "netns",
                    "-o",
                    "-name",
                    "router",
                    "-o",
                    "-name",
                    "control",
                    ")",
                    "-printf",
                    "net:[%i]\\n"
                )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : [];
        return
        [
            .. Directory
                .GetDirectories("/proc")
                .Where(path => int.TryParse(Path.GetFileName(path), out _))
                .Where(path => IsOfTheLab(path, inodes))
                .Select(path => $"{path} {Text(path, "cmdline")}"),
        ];
    }

    /// <summary>As it was told: a zombie has no command line any more, and a later process another one.</summary>
    public static bool Lives(string process)
    {
        var path = process.Split(' ')[0];
        try
        {
            return process == $"{path} {Text(path, "cmdline")}";
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static string Run(string program, params string[] arguments) => RunWith([], program, arguments).Output;

    public static (int Code, string Output) RunWith(
        Dictionary<string, string> environment,
        string program,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!; // a program by name gives a process or throws
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private bool IsOfTheLab(string process, string[] inodes)
    {
        try
        {
            return new FileInfo($"{process}/ns/net").LinkTarget is { } net && inodes.Contains(net)
                || Text(process, "cmdline").Contains(place.Run + "/", StringComparison.Ordinal)
                || Text(process, "cmdline").Contains(place.State + "/", StringComparison.Ordinal)
                || Text(process, "cmdline").Contains($"--lab {place.Name} ", StringComparison.Ordinal);
        }
        catch (IOException) // ended meanwhile
        {
            return false;
        }
    }

    private static string Text(string process, string file) => File.ReadAllText($"{process}/{file}").Replace('\0', ' ');
}
