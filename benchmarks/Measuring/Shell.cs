using System.Diagnostics;

namespace Tombolo.Benchmarks.Measuring;

internal static class Shell
{
    /// <summary>Runs a program to its end and gives what it printed, errors too.</summary>
    public static string TryRun(params string[] command)
    {
        var (output, error, _) = Capture(command);
        return output + error;
    }

    /// <summary>Runs a program and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; with its errors.</exception>
    public static string Check(params string[] command)
    {
        var (output, error, code) = Capture(command);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{string.Join(' ', command)}: exit {code}: {error}{output}");
    }

    /// <returns>Standard output, standard error and the exit code.</returns>
    public static (string Output, string Error, int Code) Capture(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result, process.ExitCode);
    }

    public static void Run(params string[] command)
    {
        using var process =
            Process.Start(new ProcessStartInfo(command[0], command[1..]))
            ?? throw new InvalidOperationException(command[0]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: exit {process.ExitCode}");
        }
    }
}
