using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// The decision process (RFC 4271 §9.1.2, RFC 4456 §9, RFC 9494 §4.3). MED counts only among routes of one neighbouring
/// AS, so routes are not simply ordered: first the better ones by what comes before, then MED in each AS, then the rest.
/// </summary>
internal sealed class Decision(AttributeSets sets, RouteSources sources, RibOptions options)
{
    /// <summary>Puts the best path of a destination first and marks its equals.</summary>
    /// <returns>True if the best path is another, or changed in place.</returns>
    public bool Select(RouteTable table, int destination, int changed)
    {
        var first = table.First(destination);
        if (first == 0)
        {
            return true;
        }
        ref var only = ref table.Path(first);
        if (only.Next == 0)
        {
            only.Flags &= ~PathFlags.Multipath;
            return true;
        }
        var best = Best(table, first);
        MarkEquals(table, first, best);
        if (best == first)
        {
            return changed == first;
        }
        MoveToFront(table, destination, best);
        return true;
    }

    /// <summary>Why <paramref name="best"/> is preferred to <paramref name="other"/>; both eligible.</summary>
    public DecisionStep Between(RouteTable table, int best, int other)
    {
        var step = Early(table.Path(best), table.Path(other), out var order);
        if (order != 0)
        {
            return step;
        }
        var (left, right) = (sets[table.Path(best).Attributes], sets[table.Path(other).Attributes]);
        if (SameNeighbor(left, right) && left.Med != right.Med)
        {
            return DecisionStep.Med;
        }
        step = Late(table.Path(best), table.Path(other), out order);
        // The other may have lost to a third route by MED before it could win here.
        return order < 0 ? step : DecisionStep.Med;
    }

    private int Best(RouteTable table, int first)
    {
        var ahead = 0;
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            path.Flags &= ~(PathFlags.Out | PathFlags.Multipath);
            if ((path.Flags & PathFlags.Ineligible) != 0)
            {
                path.Flags |= PathFlags.Out;
            }
            else if (ahead == 0)
            {
                ahead = at;
            }
            else
            {
                _ = Early(path, table.Path(ahead), out var order);
                ahead = order < 0 ? at : ahead;
            }
        }
        if (ahead == 0)
        {
            // None may be used; the first stays first, and nobody is told of it.
            return first;
        }
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            if (at != ahead && (path.Flags & PathFlags.Out) == 0)
            {
                _ = Early(path, table.Path(ahead), out var order);
                if (order > 0)
                {
                    path.Flags |= PathFlags.Out;
                }
            }
        }
        EliminateByMed(table, first);
        var best = 0;
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            if ((path.Flags & PathFlags.Out) != 0)
            {
                continue;
            }
            var order = 0;
            if (best != 0)
            {
                _ = Late(path, table.Path(best), out order);
            }
            best = best == 0 || order < 0 ? at : best;
        }
        return best;
    }

    private void EliminateByMed(RouteTable table, int first)
    {
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            if ((table.Path(at).Flags & PathFlags.Out) != 0)
            {
                continue;
            }
            var set = sets[table.Path(at).Attributes];
            for (var other = first; other != 0; other = table.Path(other).Next)
            {
                // One that is out already by MED lost to a lower one, which also beats whatever it would have beaten.
                if (other == at || (table.Path(other).Flags & PathFlags.Out) != 0)
                {
                    continue;
                }
                var rival = sets[table.Path(other).Attributes];
                if (SameNeighbor(set, rival) && rival.Med < set.Med)
                {
                    table.Path(at).Flags |= PathFlags.Out;
                    break;
                }
            }
        }
    }

    private void MarkEquals(RouteTable table, int first, int best)
    {
        var left = options.MaxPaths;
        if (left < 2 || (table.Path(best).Flags & PathFlags.Ineligible) != 0)
        {
            return;
        }
        for (var at = first; at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            if ((path.Flags & PathFlags.Out) != 0)
            {
                continue;
            }
            var step = at == best ? DecisionStep.OnlyPath : Late(path, table.Path(best), out _);
            if (step is DecisionStep.OnlyPath or > DecisionStep.NextHopCost)
            {
                path.Flags |= PathFlags.Multipath;
            }
        }
    }

    private bool SameNeighbor(AttributeSet left, AttributeSet right) =>
        options.AlwaysCompareMed || left.NeighborAs == right.NeighborAs;

    private DecisionStep Early(in RoutePath left, in RoutePath right, out int order)
    {
        order = 0;
        if (left.Attributes == right.Attributes)
        {
            return DecisionStep.OnlyPath;
        }
        var (a, b) = (sets[left.Attributes], sets[right.Attributes]);
        order = a.Has(AttributeMarks.LlgrStale).CompareTo(b.Has(AttributeMarks.LlgrStale));
        if (order != 0)
        {
            return DecisionStep.LongLivedStale;
        }
        order = b.LocalPref.CompareTo(a.LocalPref);
        if (order != 0)
        {
            return DecisionStep.LocalPref;
        }
        order = a.PathLength.CompareTo(b.PathLength);
        if (order != 0)
        {
            return DecisionStep.AsPathLength;
        }
        order = a.Origin.CompareTo(b.Origin);
        return DecisionStep.Origin;
    }

    private DecisionStep Late(in RoutePath left, in RoutePath right, out int order)
    {
        var (a, b) = (sets[left.Attributes], sets[right.Attributes]);
        var (from, than) = (sources[left.Source], sources[right.Source]);
        order = from.IsInternal.CompareTo(than.IsInternal);
        if (order != 0)
        {
            return DecisionStep.External;
        }
        order = Cost(a.NextHop).CompareTo(Cost(b.NextHop));
        if (order != 0)
        {
            return DecisionStep.NextHopCost;
        }
        order = Identifier(a, from).CompareTo(Identifier(b, than));
        if (order != 0)
        {
            return DecisionStep.RouterId;
        }
        order = a.ClusterCount.CompareTo(b.ClusterCount);
        if (order != 0)
        {
            return DecisionStep.ClusterList;
        }
        order = from.Address.CompareTo(than.Address);
        if (order == 0)
        {
            order = left.Source.CompareTo(right.Source);
        }
        if (order != 0)
        {
            return DecisionStep.PeerAddress;
        }
        order = left.PathId.CompareTo(right.PathId);
        return DecisionStep.PathId;
    }

    private uint Cost(Address nextHop) => options.NextHopCost?.Invoke(nextHop) ?? 0;

    private static uint Identifier(AttributeSet set, RouteSource source) =>
        set.OriginatorId != 0 ? set.OriginatorId : source.RouterId;

    private static void MoveToFront(RouteTable table, int destination, int path)
    {
        var at = table.First(destination);
        while (table.Path(at).Next != path)
        {
            at = table.Path(at).Next;
        }
        table.Path(at).Next = table.Path(path).Next;
        table.Path(path).Next = table.First(destination);
        table.SetFirst(destination, path);
    }
}
