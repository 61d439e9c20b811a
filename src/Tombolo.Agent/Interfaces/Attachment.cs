namespace Tombolo.Agent.Interfaces;

/// <summary>An interface that a pod of this node has: what a later agent needs to know it again.</summary>
/// <param name="Interface">Inside the pod: eth0.</param>
/// <param name="Uid">Of its NetworkInterface.</param>
/// <param name="Link">Index of the host's side.</param>
/// <param name="Network">Name of the CNI configuration that it was made by; null if an agent before 0.1.0 made it.</param>
/// <param name="LinkName">Its name: an index alone may come round again.</param>
internal sealed record Attachment(
    string ContainerId,
    string Interface,
    string Netns,
    string Uid,
    string PodUid,
    string Namespace,
    string Pod,
    int Link,
    string LinkName,
    uint Label,
    string? Network = null
);
