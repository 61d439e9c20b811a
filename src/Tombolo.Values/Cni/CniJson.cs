using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tombolo.Values.Cni;

/// <summary>JSON of what plugin and agent say to each other and to the runtime, without reflection (NativeAOT).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CniRequest))]
[JsonSerializable(typeof(CniAnswer))]
[JsonSerializable(typeof(CniError))]
[JsonSerializable(typeof(CniResult))]
[JsonSerializable(typeof(CniConfiguration))]
[JsonSerializable(typeof(CniVersions))]
public sealed partial class CniJson : JsonSerializerContext;

/// <summary>The part of the network configuration that we read (CNI spec 1.1 §1, §2).</summary>
/// <param name="Socket">Our own key: the agent's Unix socket.</param>
/// <param name="PrevResult">Read for CHECK alone: another plugin's may have a shape that we do not know.</param>
/// <param name="Valid">For GC; null: the runtime gave no list.</param>
public sealed record CniConfiguration(
    string? CniVersion,
    string? Name,
    string? Type,
    string? Socket,
    JsonElement? PrevResult = null,
    [property: JsonPropertyName("cni.dev/valid-attachments")] IReadOnlyList<CniAttachmentKey>? Valid = null
);

/// <summary>The answer to VERSION.</summary>
public sealed record CniVersions(string CniVersion, IReadOnlyList<string> SupportedVersions);
