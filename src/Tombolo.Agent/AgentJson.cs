using System.Text.Json.Serialization;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Telemetry;
using Tombolo.Values.Drops;

namespace Tombolo.Agent;

/// <summary>JSON of what the agent keeps on disk and tells operators, without reflection (NativeAOT).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Attachment))]
[JsonSerializable(typeof(NodeDump))]
[JsonSerializable(typeof(IReadOnlyList<CountedDrop>))]
[JsonSerializable(typeof(IReadOnlyList<SampledDrop>))]
internal sealed partial class AgentJson : JsonSerializerContext;
