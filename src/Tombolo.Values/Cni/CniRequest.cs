namespace Tombolo.Values.Cni;

/// <summary>What the plugin hands to its node's agent: the runtime's environment and configuration (CNI spec 1.1 §2, §3).</summary>
/// <param name="Command">ADD or DEL.</param>
/// <param name="CniVersion">Of the configuration; the result has the same.</param>
/// <param name="ContainerId">Opaque; with the interface's name it keys the attachment.</param>
/// <param name="Netns">Path of the pod's network namespace; empty at a DEL whose namespace is gone.</param>
/// <param name="PodUid">From <c>CNI_ARGS</c>; empty if the runtime does not say.</param>
public sealed record CniRequest(
    string Command,
    string CniVersion,
    string ContainerId,
    string Netns,
    string Interface,
    string PodNamespace,
    string PodName,
    string PodUid
);
