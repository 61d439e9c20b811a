using System.Text.Json.Serialization;

namespace Tombolo.Bgp.Speaking;

/// <summary>A neighbour as tools show it.</summary>
public sealed record NeighborView(
    string Name,
    string Address,
    uint As,
    string State,
    double? UpSeconds,
    string? RouterId,
    bool Internal,
    bool Client,
    double HoldSeconds,
    string[] Capabilities,
    FamilyView[] Families,
    NeighborCounters Counters,
    string LastError
);

/// <param name="Received">Paths that the neighbour has here; rejected ones count.</param>
/// <param name="Advertised">Routes that it was sent, its own left out.</param>
/// <param name="InStep">It has been sent all that there is.</param>
public sealed record FamilyView(
    string Name,
    bool Up,
    int Received,
    int Advertised,
    bool InStep,
    bool EndOfRib,
    bool Stale
);

/// <param name="Status">best, multipath, valid, stale, rejected by policy, looped.</param>
public sealed record RouteView(
    string Route,
    string From,
    string Status,
    string NextHop,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] uint? PathId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label,
    Dictionary<string, string> Attributes
);

/// <summary>Why a destination's routes rank as they do, and who is told.</summary>
public sealed record ExplainView(string Route, string Family, RankView[] Paths, SentView[] Neighbors);

/// <param name="Verdict">In words, with the step of RFC 4271 §9.1.2.2 that decided.</param>
public sealed record RankView(RouteView Path, string Verdict);

public sealed record SentView(string Neighbor, bool Sent, string Why, Dictionary<string, string>? Attributes);

/// <summary>What the tables hold and weigh.</summary>
public sealed record TableView(string Family, int Destinations, int Paths, int Groups, int Advertised, long Octets);
