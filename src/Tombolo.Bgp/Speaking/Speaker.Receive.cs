using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Transport;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Speaking;

// Messages in.
public sealed partial class Speaker
{
    private void Handle(LinkReport report)
    {
        var link = report.Link;
        switch (report.Kind)
        {
            case LinkReportKind.Sent:
                if (links.TryGetValue(link, out var owner))
                {
                    link.LastSent = Now;
                    owner.Counters.OctetsSent = link.Feed.Sent;
                }
                link.SendDone(report.Error);
                break;
            case LinkReportKind.Received:
                if (!link.IsAbandoned && links.TryGetValue(link, out var neighbor))
                {
                    Receive(neighbor, link, report.Buffer.AsSpan(0, report.Length));
                }
                link.Done(report.Buffer!);
                break;
            default:
                if (links.Remove(link, out var left) && !link.IsAbandoned && left[link.Direction] == link)
                {
                    Step(left, link.Direction, new SessionEvent(SessionEventKind.TcpFails));
                }
                link.Dispose();
                break;
        }
    }

    private void Receive(Neighbor neighbor, TcpLink link, ReadOnlySpan<byte> received)
    {
        neighbor.Counters.OctetsReceived += received.Length;
        var heard = false;
        while (!received.IsEmpty && !link.IsAbandoned)
        {
            var state = neighbor.State[link.Direction];
            var extended = state.Negotiated?.ExtendedMessage ?? false;
            if (!Message.TryFrame(received, extended, out var type, out var length, out var error))
            {
                // Runs hold whole messages only, so it is the header that is wrong.
                Step(
                    neighbor,
                    link.Direction,
                    new SessionEvent(
                        SessionEventKind.HeaderError,
                        Notification: error ?? new NotificationMessage(ErrorCode.MessageHeader, 2)
                    )
                );
                return;
            }
            neighbor.Counters.MessagesReceived++;
            var body = received[Message.HeaderOctets..length];
            received = received[length..];
            if (state.Phase == SessionPhase.Established && type == MessageType.Update)
            {
                neighbor.Counters.UpdatesReceived++;
                heard = ReceiveUpdate(neighbor, link, body);
            }
            else
            {
                Receive(neighbor, link, type, body);
            }
        }
        if (heard && !link.IsAbandoned)
        {
            // One restart of the hold timer for the whole run.
            Step(neighbor, link.Direction, new SessionEvent(SessionEventKind.Update));
        }
        ApplyMemberships(neighbor);
    }

    private void Receive(Neighbor neighbor, TcpLink link, MessageType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case MessageType.Open:
                var isOpen = OpenMessage.TryRead(body, out var open, out var error);
                Step(
                    neighbor,
                    link.Direction,
                    isOpen
                        ? new SessionEvent(SessionEventKind.Open, open)
                        : new SessionEvent(SessionEventKind.OpenError, Notification: error)
                );
                break;
            case MessageType.Keepalive:
                Step(neighbor, link.Direction, new SessionEvent(SessionEventKind.Keepalive));
                break;
            case MessageType.Notification:
                _ = NotificationMessage.TryRead(body, out var notification);
                Step(
                    neighbor,
                    link.Direction,
                    new SessionEvent(SessionEventKind.Notification, Notification: notification)
                );
                break;
            case MessageType.RouteRefresh when neighbor.State[link.Direction].Phase == SessionPhase.Established:
                if (RouteRefreshMessage.TryRead(body, out var refresh))
                {
                    Refresh(neighbor, refresh);
                }
                else
                {
                    // RFC 7313 §5: a length that is wrong is told, and the session ends.
                    Step(
                        neighbor,
                        link.Direction,
                        new SessionEvent(
                            SessionEventKind.UpdateError,
                            Notification: new NotificationMessage(ErrorCode.RouteRefresh, 1, body.ToArray())
                        )
                    );
                }
                break;
            default:
                // An UPDATE, or a refresh, before the session is up.
                Step(neighbor, link.Direction, new SessionEvent(SessionEventKind.Update));
                break;
        }
    }

    // True if the session still stands.
    private bool ReceiveUpdate(Neighbor neighbor, TcpLink link, ReadOnlySpan<byte> body)
    {
        var traits = neighbor.Negotiated!.Traits;
        if (!reader.Read(body, traits))
        {
            return FailUpdate(neighbor, link, reader.Error!);
        }
        if (reader.EndOfRib is { } ended)
        {
            EndOfRib(neighbor, ended);
            return true;
        }
        if (reader.Action != UpdateAction.None)
        {
            NoteFault(neighbor);
        }
        var withdraws = reader.Action == UpdateAction.TreatAsWithdraw;
        return Withdraw(neighbor, link, Family.IPv4Unicast, body[reader.Withdrawn])
            && (!reader.HasUnreach || Withdraw(neighbor, link, reader.UnreachFamily, body[reader.Unreach]))
            && (
                withdraws
                    ? Withdraw(neighbor, link, Family.IPv4Unicast, body[reader.Announced])
                        && (!reader.HasReach || Withdraw(neighbor, link, reader.ReachFamily, body[reader.Reach]))
                    : Announce(neighbor, link, Family.IPv4Unicast, body[reader.Announced], reader.NextHop)
                        && (
                            !reader.HasReach
                            || Announce(neighbor, link, reader.ReachFamily, body[reader.Reach], reader.ReachNextHop)
                        )
            );
    }

    private void NoteFault(Neighbor neighbor)
    {
        var attribute = AttributeTable.Find(reader.ErrorAttribute)?.Name ?? $"attribute {reader.ErrorAttribute}";
        if (reader.Action == UpdateAction.TreatAsWithdraw)
        {
            neighbor.Counters.RoutesTreatedAsWithdrawn++;
            Say(BgpEventKind.UpdateFault, neighbor.Options.Name, $"{attribute} ({reader.Error}): treated as withdrawn");
        }
        else
        {
            neighbor.Counters.AttributesDiscarded++;
            Say(BgpEventKind.UpdateFault, neighbor.Options.Name, $"{attribute} ({reader.Error}): discarded");
        }
    }

    private bool FailUpdate(Neighbor neighbor, TcpLink link, NotificationMessage error)
    {
        Step(neighbor, link.Direction, new SessionEvent(SessionEventKind.UpdateError, Notification: error));
        return false;
    }

    private bool Withdraw(Neighbor neighbor, TcpLink link, Family family, ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty || !TryRib(neighbor, family, out var row))
        {
            return true;
        }
        var addPath = neighbor.Negotiated!.AddPathReceive.Contains(family);
        var wire = new WireReader(field);
        while (!wire.AtEnd)
        {
            switch (row.Rib.Family.TryRead(ref wire, addPath, withdrawn: true, out var nlri))
            {
                case NlriOutcome.Malformed:
                    return FailUpdate(neighbor, link, Malformed(family));
                case NlriOutcome.Read when row.Rib.Withdraw(neighbor.Source.Index, nlri):
                    row.Count--;
                    NoteMembership(neighbor, family, nlri, wanted: false);
                    break;
            }
        }
        return true;
    }

    private bool Announce(
        Neighbor neighbor,
        TcpLink link,
        Family family,
        ReadOnlySpan<byte> field,
        in Values.Address nextHop
    )
    {
        if (field.IsEmpty || !TryRib(neighbor, family, out var row))
        {
            return true;
        }
        var addPath = neighbor.Negotiated!.AddPathReceive.Contains(family);
        var number = sets.Acquire(reader.Canonical, nextHop);
        var set = sets[number];
        var policy = row.Options.Import;
        var (accepted, flags) = policy.LooksAtPrefix ? (set, PathFlags.None) : Import(neighbor, row, default, set);
        var acceptedNumber = ReferenceEquals(accepted, set) ? number : sets.Acquire(accepted);
        var stands = true;
        var wire = new WireReader(field);
        while (!wire.AtEnd && stands)
        {
            var outcome = row.Rib.Family.TryRead(ref wire, addPath, withdrawn: false, out var nlri);
            if (outcome == NlriOutcome.Malformed)
            {
                stands = FailUpdate(neighbor, link, Malformed(family));
            }
            else if (outcome == NlriOutcome.Read)
            {
                stands = policy.LooksAtPrefix
                    ? AnnounceByPrefix(neighbor, link, row, nlri, number)
                    : Announce(neighbor, link, row, nlri, number, acceptedNumber, flags);
            }
        }
        sets.Release(number);
        if (acceptedNumber != number)
        {
            sets.Release(acceptedNumber);
        }
        return stands;
    }

    private bool AnnounceByPrefix(Neighbor neighbor, TcpLink link, NeighborRib row, in Nlri nlri, int number)
    {
        var set = sets[number];
        var (accepted, flags) = Import(neighbor, row, nlri, set);
        var acceptedNumber = ReferenceEquals(accepted, set) ? number : sets.Acquire(accepted);
        var stands = Announce(neighbor, link, row, nlri, number, acceptedNumber, flags);
        if (acceptedNumber != number)
        {
            sets.Release(acceptedNumber);
        }
        return stands;
    }

    private bool Announce(
        Neighbor neighbor,
        TcpLink link,
        NeighborRib row,
        in Nlri nlri,
        int received,
        int accepted,
        PathFlags flags
    )
    {
        if (!row.Rib.Announce(neighbor.Source.Index, nlri, received, accepted, flags))
        {
            return true;
        }
        NoteMembership(neighbor, row.Options.Family, nlri, wanted: true);
        row.Count++;
        if (row.Options.MaximumPrefixes == 0 || row.Count <= row.Options.MaximumPrefixes)
        {
            return true;
        }
        Say(
            BgpEventKind.MaximumPrefixes,
            neighbor.Options.Name,
            $"{row.Rib.Family.Name}: over {row.Options.MaximumPrefixes}"
        );
        Step(
            neighbor,
            link.Direction,
            new SessionEvent(
                SessionEventKind.AutomaticStop,
                Notification: NotificationMessage.Cease(NotificationMessage.MaximumPrefixes)
            )
        );
        return false;
    }

    private (AttributeSet Attributes, PathFlags Flags) Import(
        Neighbor neighbor,
        NeighborRib row,
        in Nlri nlri,
        AttributeSet set
    )
    {
        var internalPeer = neighbor.Source.IsInternal;
        var ownAs = AsPath.Count(set.AsPathOctets, neighbor.Session.LocalAs);
        var looped =
            ownAs > neighbor.Options.AllowOwnAs
            || set.NextHop == neighbor.Link?.LocalAddress
            || (internalPeer && (set.OriginatorId == ribOptions.RouterId || set.HasCluster(ribOptions.ClusterId)));
        if (looped)
        {
            return (set, PathFlags.Looped);
        }
        if (!internalPeer && neighbor.Options.EnforceFirstAs && set.NeighborAs != neighbor.Source.As)
        {
            return (set, PathFlags.Rejected);
        }
        var policy = row.Options.Import;
        if (policy.IsTrivial)
        {
            return (set, PathFlags.None);
        }
        var prefix = policy.LooksAtPrefix ? row.Rib.Family.PrefixOf(nlri.Key) : null;
        var outcome = policy.Apply(set, row.Options.Family, prefix, builder);
        return outcome.Attributes is { } accepted ? (accepted, PathFlags.None) : (set, PathFlags.Rejected);
    }

    private static bool TryRib(Neighbor neighbor, Family family, out NeighborRib row) =>
        neighbor.Ribs.TryGetValue(family, out row!) && neighbor.Negotiated!.Families.Contains(family);

    // RFC 4271 §6.3: an invalid network field; MP fields are optional attributes.
    private static NotificationMessage Malformed(Family family) =>
        new(ErrorCode.Update, family == Family.IPv4Unicast ? (byte)10 : (byte)9);
}
