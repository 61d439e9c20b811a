using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Speaking;

// Graceful and long-lived restart (RFC 4724, 8538, 9494), route refresh (RFC 2918, 7313), memberships (RFC 4684).
public sealed partial class Speaker
{
    /// <summary>Stale routes of a neighbour that is back wait this long for its End-of-RIB (RFC 4724 §4.2, "upper bound").</summary>
    private static readonly TimeSpan StalePaths = TimeSpan.FromSeconds(360);

    private void KeepOrRemove(Neighbor neighbor, in SessionOutput output)
    {
        var negotiated = output.Negotiated;
        foreach (var (family, row) in neighbor.Ribs)
        {
            if (row.Count == 0)
            {
                continue;
            }
            var longLived = LongLivedTime(negotiated, family);
            if (
                negotiated?.PeerRestart is { } restart
                && (restart.Has(family) || longLived > TimeSpan.Zero)
                && IsKept(restart, output)
            )
            {
                // Routes that were stale already are not kept over a second restart (RFC 4724 §4.2).
                row.Count -= row.Rib.RemoveAll(neighbor.Source.Index, onlyStale: true);
                row.Rib.MarkStale(neighbor.Source.Index);
                row.StaleUntil = Now + (restart.Has(family) ? TimeSpan.FromSeconds(restart.Seconds) : TimeSpan.Zero);
                row.LongLivedAfter = longLived;
                Say(
                    BgpEventKind.StaleKept,
                    neighbor.Options.Name,
                    $"{row.Rib.Family.Name}: {row.Count} for {restart.Seconds} s"
                );
                continue;
            }
            row.Rib.RemoveAll(neighbor.Source.Index, onlyStale: false);
            row.Count = 0;
            row.StaleUntil = null;
        }
    }

    // A lost connection keeps routes; with the N bit a NOTIFICATION and an expired hold timer do too, except a hard reset.
    private static bool IsKept(GracefulRestart restart, in SessionOutput output) =>
        output.Notification is not { } reason
        || (
            restart.OnNotification
            && !(
                reason.Code == ErrorCode.Cease
                && reason.Subcode
                    is NotificationMessage.HardReset
                        or NotificationMessage.MaximumPrefixes
                        or NotificationMessage.PeerDeconfigured
            )
        );

    private static TimeSpan LongLivedTime(Negotiated? negotiated, Family family)
    {
        foreach (var row in negotiated?.LongLived ?? [])
        {
            if (row.Family == family)
            {
                return TimeSpan.FromSeconds(row.LongLivedSeconds);
            }
        }
        return TimeSpan.Zero;
    }

    // RFC 4724 §4.2: what the neighbour did not keep forwarding is not kept here either.
    private void ForgetStaleUnlessKept(Neighbor neighbor, Negotiated negotiated)
    {
        foreach (var (family, row) in neighbor.Ribs)
        {
            if (row.StaleUntil is null)
            {
                continue;
            }
            var kept =
                negotiated.Families.Contains(family)
                && (
                    negotiated.PeerRestart?.Families.Any(one => one.Family == family && one.ForwardingKept) == true
                    || negotiated.LongLived.Any(one => one.Family == family && one.ForwardingKept)
                );
            if (kept)
            {
                row.StaleUntil = Now + StalePaths;
                row.LongLivedAfter = TimeSpan.Zero;
            }
            else
            {
                RemoveStale(neighbor, row);
            }
        }
    }

    private void RemoveStale(Neighbor neighbor, NeighborRib row)
    {
        var count = row.Rib.RemoveAll(neighbor.Source.Index, onlyStale: true);
        row.Count -= count;
        row.StaleUntil = null;
        Say(BgpEventKind.StaleRemoved, neighbor.Options.Name, $"{row.Rib.Family.Name}: {count}");
    }

    private void EndOfRib(Neighbor neighbor, Family family)
    {
        if (!TryRib(neighbor, family, out var row))
        {
            return;
        }
        row.EndOfRibReceived = true;
        Say(BgpEventKind.EndOfRib, neighbor.Options.Name, $"{row.Rib.Family.Name}: {row.Count}");
        if (row.StaleUntil is not null)
        {
            RemoveStale(neighbor, row);
        }
        if (family == Family.RouteTargets)
        {
            neighbor.MembershipsUntil = Now;
        }
    }

    private void TickRibs(Neighbor neighbor, TimeSpan now)
    {
        if (neighbor.MembershipsUntil <= now && neighbor.Link is not null)
        {
            neighbor.MembershipsUntil = null;
            foreach (var (family, row) in neighbor.Ribs)
            {
                if (IsByTarget(family) && row.Group is null && neighbor.Negotiated!.Families.Contains(family))
                {
                    Join(neighbor, row);
                }
            }
        }
        foreach (var row in neighbor.Ribs.Values)
        {
            if (!(row.StaleUntil <= now))
            {
                continue;
            }
            if (row.LongLivedAfter > TimeSpan.Zero)
            {
                row.Count -= row.Rib.MakeLongLived(neighbor.Source.Index);
                row.StaleUntil = now + row.LongLivedAfter;
                row.LongLivedAfter = TimeSpan.Zero;
                Say(BgpEventKind.LongLived, neighbor.Options.Name, $"{row.Rib.Family.Name}: {row.Count}");
            }
            else
            {
                RemoveStale(neighbor, row);
            }
        }
    }

    private void TickDeferral(TimeSpan now)
    {
        if (!isDeferring)
        {
            return;
        }
        var waits = neighbors.Values.Any(neighbor =>
            neighbor.Options.GracefulRestart > TimeSpan.Zero
            && (
                neighbor.Negotiated is not { } negotiated
                || (
                    negotiated.PeerRestart is { Restarting: false }
                    && neighbor.Ribs.Any(row => negotiated.Families.Contains(row.Key) && !row.Value.EndOfRibReceived)
                )
            )
        );
        if (!waits || now >= deferredUntil)
        {
            isDeferring = false;
            // From now on a session that comes up is no part of the restart (RFC 4724 §4.1).
            foreach (var neighbor in neighbors.Values)
            {
                neighbor.Session = neighbor.Options.Session(options.As, ribOptions.RouterId, restarting: false);
            }
        }
    }

    private void Refresh(Neighbor neighbor, in RouteRefreshMessage refresh)
    {
        if (!TryRib(neighbor, refresh.Family, out var row))
        {
            return;
        }
        switch (refresh.Kind)
        {
            case RefreshKind.Request:
                Repeat(neighbor, row);
                break;
            case RefreshKind.Begin:
                row.Rib.MarkStale(neighbor.Source.Index);
                row.StaleUntil = Now + StalePaths;
                row.LongLivedAfter = TimeSpan.Zero;
                break;
            case RefreshKind.End when row.StaleUntil is not null:
                RemoveStale(neighbor, row);
                break;
        }
    }

    private void Repeat(Neighbor neighbor, NeighborRib row)
    {
        if (row.Group is not { } common || neighbor.Link is not { } link)
        {
            return;
        }
        Say(BgpEventKind.RefreshRequested, neighbor.Options.Name, row.Rib.Family.Name);
        var family = row.Options.Family;
        row.Group = row.Rib.Split(common, link.Feed);
        var initial = row.Group.WhenInStep;
        row.Group.Restart(repeats: true);
        if (neighbor.Negotiated!.EnhancedRouteRefresh)
        {
            row.Group.Append(new RouteRefreshMessage(family, RefreshKind.Begin).WriteTo);
            row.Group.WhenInStep = group =>
            {
                group.Append(new RouteRefreshMessage(family, RefreshKind.End).WriteTo);
                initial?.Invoke(group);
            };
        }
    }

    private static void NoteMembership(Neighbor neighbor, Family family, in Nlri nlri, bool wanted)
    {
        if (family == Family.RouteTargets && neighbor.Memberships is { } memberships)
        {
            neighbor.Memberships = wanted ? memberships.Add(nlri.Key) : memberships.Remove(nlri.Key);
            neighbor.MembershipsChanged = true;
        }
    }

    private static void ApplyMemberships(Neighbor neighbor)
    {
        if (!neighbor.MembershipsChanged || neighbor.Link is null)
        {
            return;
        }
        neighbor.MembershipsChanged = false;
        foreach (var (family, row) in neighbor.Ribs)
        {
            if (IsByTarget(family))
            {
                Rekey(neighbor, row);
            }
        }
    }
}
