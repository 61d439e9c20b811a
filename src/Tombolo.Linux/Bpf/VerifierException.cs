namespace Tombolo.Linux.Bpf;

/// <summary>The kernel's verifier refused a program: a line that says why, and the whole log.</summary>
public sealed class VerifierException(string program, string log) : IOException($"bpf: load {program}: {Summary(log)}")
{
    public string Program { get; } = program;

    /// <summary>All that the verifier wrote; may have thousands of lines.</summary>
    public string Log { get; } = log;

    // The log ends with its statistics; the line before them is the complaint.
    private static string Summary(string log) =>
        log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => !line.StartsWith("processed ", StringComparison.Ordinal))
        ?? "no log";
}
