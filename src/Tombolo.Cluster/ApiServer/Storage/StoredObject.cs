using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One version of one object as it was committed; immutable and shared by all readers.</summary>
internal sealed class StoredObject
{
    private JsonElement? element;

    public StoredObject(string kind, ObjectKey key, long revision, byte[] json)
    {
        Kind = kind;
        Key = key;
        Revision = revision;
        Json = json;
        var root = JsonElement.Parse(json);
        ApiVersion = root.Text("apiVersion") ?? "";
        var metadata = root.GetProperty("metadata");
        Uid = metadata.Text("uid") ?? "";
        Labels = ReadLabels(metadata);
        Terminating = metadata.TryGetProperty("deletionTimestamp", out _);
    }

    /// <summary>The storage name of the kind: <c>pods</c> or <c>deployments.apps</c>.</summary>
    public string Kind { get; }

    public ObjectKey Key { get; }

    public long Revision { get; }

    /// <summary>UTF-8 JSON, its metadata.resourceVersion equal to <see cref="Revision"/>.</summary>
    public byte[] Json { get; }

    /// <summary>As stored; a CRD may have changed its storage version since.</summary>
    public string ApiVersion { get; }

    public string Uid { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public bool Terminating { get; }

    /// <summary>The object for reading, parsed once on first use. Safe from many threads.</summary>
    public JsonElement Element => element ??= JsonElement.Parse(Json);

    /// <summary>A copy of one's own, to change.</summary>
    public JsonObject Copy() => JsonText.ParseStored(Json);

    private static Dictionary<string, string> ReadLabels(JsonElement metadata)
    {
        var labels = new Dictionary<string, string>();
        if (metadata.TryGetProperty("labels", out var found) && found.ValueKind == JsonValueKind.Object)
        {
            foreach (var label in found.EnumerateObject())
            {
                labels[label.Name] = label.Value.GetString() ?? "";
            }
        }
        return labels;
    }
}
