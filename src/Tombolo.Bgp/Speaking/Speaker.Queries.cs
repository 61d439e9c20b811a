using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

// What operators ask.
public sealed partial class Speaker
{
    public Task<NeighborView[]> NeighborsAsync() =>
        AskAsync(() => neighbors.Values.OrderBy(neighbor => neighbor.Options.Address).Select(View).ToArray());

    public Task<TableView[]> TablesAsync() =>
        AskAsync(() =>
            ribs
                .Values.Where(rib => rib.Table.PathCount > 0)
                .Select(rib => new TableView(
                    rib.Family.Name,
                    rib.Table.Count,
                    rib.Table.PathCount,
                    rib.Groups.Count,
                    rib.Groups.Sum(group => group.Sent.Count),
                    rib.Table.Octets + rib.Groups.Sum(group => group.Sent.Octets)
                ))
                .ToArray()
        );

    /// <summary>What is held beside the tables, so that a test sees what a neighbour leaves behind.</summary>
    internal Task<(int AttributeSets, int Links, int Tasks)> HeldAsync() =>
        AskAsync(() => (sets.Count, links.Count, following.Count(task => !task.IsCompleted)));

    /// <summary>Routes of a family, chosen first, by destination.</summary>
    /// <param name="within">Only destinations inside this prefix; null for all.</param>
    public Task<RouteView[]> RoutesAsync(Family family, Prefix? within, bool onlyBest, int limit) =>
        AskAsync(() =>
            Paths(family, within, limit, (in path, isFirst) => !onlyBest || (isFirst && IsEligible(path)), false)
        );

    /// <summary>What a neighbour sent, before policy.</summary>
    public Task<RouteView[]> ReceivedAsync(string name, Family family, int limit) =>
        AskAsync(() => Paths(family, null, limit, (in path, _) => path.Source == Known(name).Source.Index, true));

    /// <summary>What a neighbour was sent.</summary>
    public Task<RouteView[]> AdvertisedAsync(string name, Family family, int limit) =>
        AskAsync(() =>
        {
            var neighbor = Known(name);
            var views = new List<RouteView>();
            if (!neighbor.Ribs.TryGetValue(family, out var row) || row.Group is not { } group)
            {
                return [];
            }
            foreach (var destination in Sorted(row.Rib, null))
            {
                for (var at = group.Sent.First(destination); at != 0 && views.Count < limit; at = group.Sent[at].Next)
                {
                    ref var sent = ref group.Sent[at];
                    if (sent.Source != neighbor.Source.Index || group.Key.SendsBack)
                    {
                        var nlri = row.Rib.Table.Nlri(destination, sent.PathId, sent.Payload);
                        views.Add(View(row.Rib.Family, nlri, sets[sent.Attributes], sources[sent.Source].Name, "sent"));
                    }
                }
            }
            return views.ToArray();
        });

    /// <summary>Explains every destination that the text names, in any family: a prefix, or a route as tools print it.</summary>
    public Task<ExplainView[]> ExplainAsync(string text) =>
        AskAsync(() =>
        {
            var found = new List<ExplainView>();
            foreach (var rib in ribs.Values)
            {
                if (rib.Family.Parse(text, out var nlri) && rib.Table.Find(nlri.Value.Key) is >= 0 and var exact)
                {
                    found.Add(Explain(rib, exact));
                }
                else if (rib.Family.NextHopHasDistinguisher || rib.Family.Family == Family.Evpn)
                {
                    found.AddRange(
                        Sorted(rib, null)
                            .Where(at => rib.Family.PrefixOf(rib.Table.Key(at)).ToString() == text)
                            .Select(at => Explain(rib, at))
                    );
                }
            }
            return found.ToArray();
        });

    private delegate bool PathFilter(in RoutePath path, bool isFirst);

    private Neighbor Known(string name) =>
        Find(name)
        ?? neighbors.Values.FirstOrDefault(neighbor => neighbor.Options.Address.ToString() == name)
        ?? throw new ArgumentException($"no neighbor {name}");

    private static bool IsEligible(in RoutePath path) => (path.Flags & PathFlags.Ineligible) == 0;

    private static IEnumerable<int> Sorted(FamilyRib rib, Prefix? within)
    {
        var table = rib.Table;
        return Enumerable
            .Range(0, table.Limit)
            .Where(destination =>
                table.Exists(destination)
                && (
                    within is not { } outer
                    || (rib.Family.PrefixOf(table.Key(destination)) is { } prefix && outer.Contains(prefix))
                )
            )
            .OrderBy(table.Key);
    }

    private RouteView[] Paths(Family family, Prefix? within, int limit, PathFilter wanted, bool received)
    {
        var rib = ribs[family];
        var views = new List<RouteView>();
        foreach (var destination in Sorted(rib, within))
        {
            var first = rib.Table.First(destination);
            for (var at = first; at != 0 && views.Count < limit; at = rib.Table.Path(at).Next)
            {
                ref var path = ref rib.Table.Path(at);
                if (wanted(path, at == first))
                {
                    views.Add(View(rib, destination, path, at == first, received));
                }
            }
        }
        return views.ToArray();
    }

    private RouteView View(FamilyRib rib, int destination, in RoutePath path, bool isFirst, bool received) =>
        View(
            rib.Family,
            rib.Table.Nlri(destination, path.PathId, path.Payload),
            sets[received ? path.Received : path.Attributes],
            sources[path.Source].Name,
            Status(path, isFirst)
        );

    private static string Status(in RoutePath path, bool isFirst)
    {
        var rank =
            (path.Flags & PathFlags.Rejected) != 0 ? "rejected"
            : (path.Flags & PathFlags.Looped) != 0 ? "looped"
            : isFirst ? "best"
            : (path.Flags & PathFlags.Multipath) != 0 ? "multipath"
            : "valid";
        return (path.Flags & PathFlags.Stale) != 0 ? rank + " stale" : rank;
    }

    private static RouteView View(
        FamilyDescriptor family,
        in Nlri nlri,
        AttributeSet set,
        string from,
        string status
    ) =>
        new(
            family.Format(nlri),
            from,
            status,
            set.NextHop.ToString(),
            nlri.PathId == 0 ? null : nlri.PathId,
            family.NextHopHasDistinguisher ? (nlri.Label >> 4).ToString()
                : nlri.Overlay is { } overlay ? overlay.Label.ToString()
                : null,
            Words(set)
        );

    private static Dictionary<string, string> Words(AttributeSet set)
    {
        var words = new Dictionary<string, string>();
        foreach (var attribute in set.Attributes)
        {
            var row = AttributeTable.Find(attribute.Code);
            words[row?.Name ?? $"attribute-{attribute.Code}"] =
                row?.Format(attribute.Value) ?? Convert.ToHexStringLower(attribute.Value);
        }
        return words;
    }

    private ExplainView Explain(FamilyRib rib, int destination)
    {
        var table = rib.Table;
        var first = table.First(destination);
        var ranks = new List<RankView>();
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            ranks.Add(new RankView(View(rib, destination, path, at == first, false), Verdict(table, first, at)));
        }
        var sent = neighbors
            .Values.OrderBy(neighbor => neighbor.Options.Address)
            .Where(neighbor => neighbor.Ribs.ContainsKey(rib.Family.Family))
            .Select(neighbor => ExplainSent(neighbor, rib, destination));
        return new ExplainView(
            rib.Family.Format(new Nlri(table.Key(destination))),
            rib.Family.Name,
            ranks.ToArray(),
            sent.ToArray()
        );
    }

    private string Verdict(RouteTable table, int first, int at)
    {
        ref var path = ref table.Path(at);
        if (!IsEligible(path))
        {
            return (path.Flags & PathFlags.Rejected) != 0
                ? "not used: import policy rejects it, or its path does not start with the neighbour's AS (RFC 4271 §6.3)"
                : "not used: our AS, router id, cluster or address is in it (RFC 4271 §9, RFC 4456 §8)";
        }
        if (at == first)
        {
            var second = path.Next;
            return second == 0 || !IsEligible(table.Path(second))
                ? "best: the only path"
                : $"best: {Words(Step(table, first, second))}";
        }
        return $"not best: {Words(Step(table, first, at))}";
    }

    private DecisionStep Step(RouteTable table, int best, int other) =>
        new Decision(sets, sources, ribOptions).Between(table, best, other);

    private static string Words(DecisionStep step) =>
        step switch
        {
            DecisionStep.LongLivedStale => "long-lived stale routes are least preferred (RFC 9494 §4.3)",
            DecisionStep.LocalPref => "higher LOCAL_PREF (RFC 4271 §9.1.1)",
            DecisionStep.AsPathLength => "shorter AS_PATH (RFC 4271 §9.1.2.2 a)",
            DecisionStep.Origin => "lower ORIGIN (RFC 4271 §9.1.2.2 b)",
            DecisionStep.Med => "lower MULTI_EXIT_DISC from the same AS (RFC 4271 §9.1.2.2 c)",
            DecisionStep.External => "external over internal (RFC 4271 §9.1.2.2 d)",
            DecisionStep.NextHopCost => "lower cost to the next hop (RFC 4271 §9.1.2.2 e)",
            DecisionStep.RouterId => "lower BGP identifier (RFC 4271 §9.1.2.2 f, RFC 4456 §9)",
            DecisionStep.ClusterList => "shorter CLUSTER_LIST (RFC 4456 §9)",
            DecisionStep.PeerAddress => "lower neighbour address (RFC 4271 §9.1.2.2 g)",
            DecisionStep.PathId => "lower path identifier (RFC 7911)",
            _ => "the only path",
        };

    private static SentView ExplainSent(Neighbor neighbor, FamilyRib rib, int destination)
    {
        var name = neighbor.Options.Name;
        if (neighbor.Ribs[rib.Family.Family].Group is not { } group || neighbor.Link is not { } link)
        {
            return new SentView(name, false, "the session or the family is not up", null);
        }
        var verdict = group.Explain(destination, link.Feed, out var set, out var rule);
        var why = verdict switch
        {
            ExportVerdict.Sent => group.InStep ? "sent" : "to be sent: the neighbour is not in step yet",
            ExportVerdict.NoPath => "no usable path",
            ExportVerdict.FromItself => "it is the neighbour's own route",
            ExportVerdict.NotReflected => "internal route, and neither side is a client (RFC 4456 §6)",
            ExportVerdict.Community => "NO_ADVERTISE or NO_EXPORT (RFC 1997)",
            ExportVerdict.LongLivedStale => "long-lived stale, which the neighbour does not know (RFC 9494 §4.3)",
            ExportVerdict.NoInterest => "no route target that the neighbour asked for (RFC 4684)",
            ExportVerdict.Policy => rule is null
                ? $"policy {group.Key.Export.Name}: default"
                : $"policy {group.Key.Export.Name}: rule {rule.Name}",
            _ => "attributes too long for one message (RFC 8654 §4)",
        };
        return new SentView(name, verdict == ExportVerdict.Sent, why, set is null ? null : Words(set));
    }

    private NeighborView View(Neighbor neighbor)
    {
        var negotiated = neighbor.Negotiated;
        return new NeighborView(
            neighbor.Options.Name,
            neighbor.Options.Address.ToString(),
            negotiated?.PeerAs ?? neighbor.Options.As,
            neighbor.State.Best.Phase.ToString(),
            neighbor.UpSince is { } since ? (Now - since).TotalSeconds : null,
            negotiated is null ? null : Address.V4(negotiated.PeerRouterId).ToString(),
            negotiated?.IsInternal ?? neighbor.Options.As == options.As,
            neighbor.Options.IsClient,
            negotiated?.Hold.TotalSeconds ?? neighbor.Options.HoldSeconds,
            negotiated is null ? [] : Names(negotiated).ToArray(),
            neighbor.Ribs.Values.Select(row => View(neighbor, row)).ToArray(),
            neighbor.Counters,
            neighbor.LastError
        );
    }

    private static FamilyView View(Neighbor neighbor, NeighborRib row) =>
        new(
            row.Rib.Family.Name,
            row.Group is not null,
            row.Count,
            row.Group is { } group ? Advertised(group, row.Rib.Table, neighbor.Source.Index) : 0,
            row.Group?.InStep ?? false,
            row.EndOfRibReceived,
            row.StaleUntil is not null
        );

    private static int Advertised(UpdateGroup group, RouteTable table, ushort source)
    {
        var count = group.Sent.Count;
        for (var destination = 0; destination < group.Sent.Reach && !group.Key.SendsBack; destination++)
        {
            for (
                var at = table.Exists(destination) ? group.Sent.First(destination) : 0;
                at != 0;
                at = group.Sent[at].Next
            )
            {
                count -= group.Sent[at].Source == source ? 1 : 0;
            }
        }
        return count;
    }

    private static IEnumerable<string> Names(Negotiated negotiated)
    {
        if (negotiated.FourOctetAs)
        {
            yield return "four-octet-as";
        }
        if (negotiated.ExtendedMessage)
        {
            yield return "extended-message";
        }
        if (negotiated.RouteRefresh)
        {
            yield return negotiated.EnhancedRouteRefresh ? "enhanced-route-refresh" : "route-refresh";
        }
        if (negotiated.PeerRestart is { } restart)
        {
            yield return $"graceful-restart {restart.Seconds}s" + (restart.Restarting ? " restarting" : "");
        }
        foreach (var row in negotiated.LongLived)
        {
            yield return $"long-lived {row.Family} {row.LongLivedSeconds}s";
        }
        foreach (var family in negotiated.AddPathSend)
        {
            yield return $"add-path send {family}";
        }
        foreach (var family in negotiated.AddPathReceive)
        {
            yield return $"add-path receive {family}";
        }
    }
}
