using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What a kubelet must know of a pod to take it over from an earlier one: a small file in the pod's folder.</summary>
internal sealed record PodState
{
    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Null while there is no sandbox. Written before the sandbox is made: a crash leaves no orphan.</summary>
    public string? SandboxId { get; set; }

    public string Netns { get; set; } = "";

    public bool HostNetwork { get; set; }

    /// <summary>The configuration that ADD was called with: DEL gets the same, whatever lies in the folder by then.</summary>
    public string? NetworkConfig { get; set; }

    /// <summary>Null until ADD has succeeded.</summary>
    public JsonNode? NetworkResult { get; set; }

    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>All containers have ended for good, and the sandbox is gone.</summary>
    public bool Finished { get; set; }

    public Dictionary<string, ContainerState> Containers { get; init; } = [];

    /// <summary>Null where there is none or it is broken: then there is nothing to take over.</summary>
    public static PodState? Load(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<PodState>(File.ReadAllBytes(FileIn(directory)));
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            return null;
        }
    }

    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        var next = FileIn(directory) + ".next";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(this));
        File.Move(next, FileIn(directory), overwrite: true);
    }

    private static string FileIn(string directory) => Path.Combine(directory, "state.json");
}
