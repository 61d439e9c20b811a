using System.Text.Json.Serialization;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Telemetry;

namespace Tombolo.Agent;

/// <summary>JSON of what the agent keeps on disk and tells operators, without reflection (NativeAOT).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Attachment))]
[JsonSerializable(typeof(NodeDump))]
internal sealed partial class AgentJson : JsonSerializerContext;
