namespace Tombolo.Api.Door;

/// <summary>Answer of a route server's door to <c>/v1/status</c>.</summary>
/// <param name="Synced">All lists are complete and the agents were heard.</param>
/// <param name="Version">Of its model; grows with each change that it told somebody.</param>
public sealed record ServerStatus(string Server, bool Synced, ulong Version, IReadOnlyList<NodeStatus> Nodes);

/// <param name="Ready">Of its Node object.</param>
/// <param name="Connected">Its agent has a stream to this server.</param>
/// <param name="Acknowledged">The version that its kernel holds.</param>
/// <param name="Told">The version that it was last told.</param>
public sealed record NodeStatus(
    string Name,
    int Cluster,
    bool Ready,
    bool Connected,
    ulong Acknowledged,
    ulong Told,
    string Version,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Errors
);

/// <summary>Why the door gives no answer.</summary>
public sealed record DoorError(string Error);
