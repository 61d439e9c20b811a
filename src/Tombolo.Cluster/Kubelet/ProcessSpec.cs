namespace Tombolo.Cluster.Kubelet;

/// <summary>A process, before it is started. Without a log file and without a terminal its output goes to pipes.</summary>
/// <param name="Arguments">Program and arguments; a program without a slash is looked for in the environment's PATH.</param>
/// <param name="Environment">The whole environment; nothing is inherited.</param>
/// <param name="WorkingDirectory">Null: <c>/</c>.</param>
/// <param name="LogFile">Standard output and error are appended to it, by the process itself (O_APPEND, made if absent).</param>
/// <param name="Stdin">A pipe for standard input; otherwise <c>/dev/null</c>.</param>
/// <param name="Tty">A terminal for all three; <see cref="ISandboxProcess.Stdin"/> still only with <paramref name="Stdin"/>.</param>
public sealed record ProcessSpec(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory = null,
    string? LogFile = null,
    bool Stdin = false,
    bool Tty = false
);
