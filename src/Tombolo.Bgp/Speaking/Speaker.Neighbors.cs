using System.Collections.Immutable;
using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Transport;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

// Neighbours: added and removed, up and down, and the group that each is sent by.
public sealed partial class Speaker
{
    /// <summary>How long VPN routes wait for a neighbour's memberships; RFC 4684 §6 asks for a limit and names none.</summary>
    private static readonly TimeSpan MembershipWait = TimeSpan.FromSeconds(5);

    private static bool IsByTarget(Family family) =>
        family == Family.VpnIPv4 || family == Family.VpnIPv6 || family == Family.Evpn;

    private void Add(NeighborOptions neighbor)
    {
        if (neighbors.ContainsKey(neighbor.Name) || byAddress.ContainsKey(neighbor.Address))
        {
            throw new ArgumentException($"neighbor {neighbor.Name} ({neighbor.Address}): there is one already");
        }
        var source = sources.Add(neighbor.Name);
        source.Address = neighbor.Address;
        source.IsClient = neighbor.IsClient;
        var session = neighbor.Session(options.As, ribOptions.RouterId, options.Restarting);
        var added = new Neighbor(neighbor, session, source);
        foreach (var family in neighbor.Families)
        {
            added.Ribs[family.Family] = new NeighborRib(family, ribs[family.Family]);
        }
        neighbors[neighbor.Name] = added;
        byAddress[neighbor.Address] = added;
        foreach (var (socket, _) in listeners)
        {
            Sign(socket, neighbor);
        }
        outputs.Clear();
        added.State = PeerFsm.Start(added.State, neighbor.Passive, session, Now, outputs);
        Act(added);
    }

    private void Remove(string name)
    {
        if (!neighbors.TryGetValue(name, out var neighbor))
        {
            return;
        }
        outputs.Clear();
        neighbor.State = PeerFsm.Stop(
            neighbor.State,
            NotificationMessage.Cease(NotificationMessage.PeerDeconfigured),
            neighbor.Session,
            Now,
            outputs
        );
        Act(neighbor);
        foreach (var row in neighbor.Ribs.Values)
        {
            row.Rib.RemoveAll(neighbor.Source.Index, onlyStale: false);
        }
        neighbors.Remove(name);
        byAddress.Remove(neighbor.Options.Address);
    }

    private void Up(Neighbor neighbor, Direction direction, Negotiated negotiated)
    {
        neighbor.Link = neighbor[direction];
        neighbor.Negotiated = negotiated;
        neighbor.UpSince = Now;
        neighbor.Counters.SessionsUp++;
        neighbor.Source.RouterId = negotiated.PeerRouterId;
        neighbor.Source.As = negotiated.PeerAs;
        neighbor.Source.IsInternal = negotiated.IsInternal;
        var constrained = negotiated.Families.Contains(Family.RouteTargets);
        neighbor.Memberships = constrained ? ImmutableSortedSet<NlriKey>.Empty : null;
        neighbor.MembershipsUntil = constrained ? Now + MembershipWait : null;
        neighbor.MembershipsChanged = false;
        Say(
            BgpEventKind.SessionUp,
            neighbor.Options.Name,
            $"AS {negotiated.PeerAs}, {string.Join(' ', negotiated.Families)}"
        );
        ForgetStaleUnlessKept(neighbor, negotiated);
        foreach (var (family, row) in neighbor.Ribs)
        {
            row.EndOfRibReceived = false;
            if (negotiated.Families.Contains(family) && !(constrained && IsByTarget(family)))
            {
                Join(neighbor, row);
            }
        }
    }

    private static void Join(Neighbor neighbor, NeighborRib row)
    {
        var key = KeyFor(neighbor, row);
        row.Group = row.Rib.Join(key, neighbor.Link!.Feed);
        row.Group.WhenInStep = group => group.Append(to => UpdateWriter.WriteEndOfRib(to, row.Rib.Family));
    }

    private static GroupKey KeyFor(Neighbor neighbor, NeighborRib row)
    {
        var family = row.Options.Family;
        var negotiated = neighbor.Negotiated!;
        var descriptor = row.Rib.Family;
        var self = row.Options.NextHop switch
        {
            NextHopMode.Self => true,
            NextHopMode.Unchanged => false,
            _ => !negotiated.IsInternal && !descriptor.NextHopUnchanged,
        };
        var interest =
            IsByTarget(family) && neighbor.Memberships is { } memberships ? RouteTargetInterest.Of(memberships) : null;
        var longLived = negotiated.LongLived.Any(stale => stale.Family == family);
        return new GroupKey(
            family,
            negotiated.IsInternal,
            neighbor.Options.IsClient,
            negotiated.FourOctetAs,
            negotiated.ExtendedMessage,
            negotiated.AddPathSend.Contains(family),
            longLived,
            row.Options.Self.Family == AddressFamily.None ? neighbor.Link!.LocalAddress : row.Options.Self,
            self,
            neighbor.Session.LocalAs,
            row.Options.Export,
            interest
        );
    }

    private void Down(Neighbor neighbor, SessionOutput output)
    {
        var why = output.Notification is null
            ? "connection lost"
            : (output.Received ? "received " : "sent ") + output.Notification;
        neighbor.LastError = why;
        Say(BgpEventKind.SessionDown, neighbor.Options.Name, why);
        foreach (var row in neighbor.Ribs.Values)
        {
            if (row.Group is { } group)
            {
                row.Group = null;
                row.Rib.Leave(group, neighbor.Link!.Feed);
            }
        }
        KeepOrRemove(neighbor, output);
        neighbor.Link = null;
        neighbor.Negotiated = null;
        neighbor.UpSince = null;
    }

    private void Moved(PeerFeed feed, UpdateGroup to)
    {
        foreach (var neighbor in neighbors.Values)
        {
            if (neighbor.Source.Index == feed.Source)
            {
                neighbor.Ribs[to.Key.Family].Group = to;
                return;
            }
        }
    }

    private void SetPolicy(string name, Family family, RoutePolicy import, RoutePolicy export)
    {
        if (Find(name) is not { } neighbor || !neighbor.Ribs.TryGetValue(family, out var row))
        {
            throw new ArgumentException($"neighbor {name} has no family {family}");
        }
        row.Options = row.Options with { Import = import, Export = export };
        row.Rib.Reimport(neighbor.Source.Index, (nlri, set) => Import(neighbor, row, nlri, set));
        Rekey(neighbor, row);
    }

    // What it is sent goes by another key now: out of the common group, looked at anew, and back among its like.
    private static void Rekey(Neighbor neighbor, NeighborRib row)
    {
        if (row.Group is { } group && neighbor.Link is { } link)
        {
            row.Group = row.Rib.Split(group, link.Feed);
            row.Group.Key = KeyFor(neighbor, row);
            row.Group.Restart(repeats: false);
        }
    }

    // A member without room holds its group up; if others have room for a while, it goes on alone.
    private void SplitSlow(TimeSpan now)
    {
        foreach (var rib in ribs.Values)
        {
            foreach (var group in rib.Groups.ToArray())
            {
                if (group.InStep || group.HasRoom || group.Members.Count < 2)
                {
                    group.StuckSince = null;
                    continue;
                }
                group.StuckSince ??= now;
                if (now - group.StuckSince < TimeSpan.FromMilliseconds(500))
                {
                    continue;
                }
                group.StuckSince = null;
                foreach (var member in group.Members.Where(member => !member.HasRoom).ToArray())
                {
                    if (group.Members.Count > 1)
                    {
                        var own = rib.Split(group, member);
                        own.SeeksHome = true;
                        Moved(member, own);
                        Say(
                            BgpEventKind.Slow,
                            sources[member.Source].Name,
                            $"{rib.Family.Name}: has a feed of its own"
                        );
                    }
                }
            }
        }
    }
}
