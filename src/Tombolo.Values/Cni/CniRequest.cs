using System.Text.Json.Serialization;

namespace Tombolo.Values.Cni;

/// <summary>What the plugin hands to its node's agent: the runtime's environment and configuration (CNI spec 1.1 §2, §3).</summary>
/// <param name="Command">ADD, DEL, CHECK, GC or STATUS.</param>
/// <param name="CniVersion">Of the configuration.</param>
/// <param name="ContainerId">Opaque; with the interface's name it keys the attachment. Empty for GC and STATUS.</param>
/// <param name="Netns">Path of the pod's network namespace; empty at a DEL whose namespace is gone.</param>
/// <param name="PodUid">From <c>CNI_ARGS</c>; empty if the runtime does not say.</param>
/// <param name="Network">The configuration's name.</param>
/// <param name="Valid">GC: attachments of this network that are to stay.</param>
/// <param name="PrevResult">CHECK: what ADD gave, as the runtime kept it.</param>
public sealed record CniRequest(
    string Command,
    string CniVersion,
    string ContainerId,
    string Netns,
    string Interface,
    string PodNamespace,
    string PodName,
    string PodUid,
    string Network = "",
    IReadOnlyList<CniAttachmentKey>? Valid = null,
    CniResult? PrevResult = null
);

/// <summary>Names an attachment, as <c>cni.dev/valid-attachments</c> does.</summary>
public sealed record CniAttachmentKey(
    [property: JsonPropertyName("containerID")] string? ContainerId,
    [property: JsonPropertyName("ifname")] string? Interface
);
