using System.Text.Json.Serialization;

namespace Tombolo.Lab.Reach;

/// <summary>A running pod of the image <c>lab/echo</c>.</summary>
/// <param name="Network">Its virtual network, <c>ns/name</c>; empty if it has none.</param>
/// <param name="Netns">File of its network namespace.</param>
public sealed record ReachPod(
    string Namespace,
    string Name,
    string Node,
    string Network,
    IReadOnlyList<string> Addresses,
    [property: JsonIgnore] string Netns
)
{
    [JsonIgnore]
    public string Id => $"{Namespace}/{Name}";
}
