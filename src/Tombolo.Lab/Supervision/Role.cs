namespace Tombolo.Lab.Supervision;

/// <summary>A process that the supervisor keeps running.</summary>
/// <param name="Name">Unique in the lab; its log is <c>log/&lt;name&gt;.log</c>.</param>
/// <param name="Netns">The namespace that it runs in.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="After">A file without which starting it is of no use; null for at once.</param>
/// <param name="Sockets">What it inherits, by the supervisor's descriptor numbers.</param>
public sealed record Role(
    string Name,
    string Netns,
    IReadOnlyList<string> Command,
    string? After = null,
    IReadOnlyList<BoundSocket>? Sockets = null
);
