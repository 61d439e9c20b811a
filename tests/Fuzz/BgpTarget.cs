using Tombolo.Bgp.Wire;
using Tombolo.Tests.Bgp;
using Tombolo.Values;

namespace Tombolo.Tests.Fuzz;

/// <summary>The codec's fuzz target: the first octet chooses what the rest is read as. It may refuse anything and throw
/// nothing; what it accepts it writes again, and reads that as the same.</summary>
internal static class BgpTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }
        var rest = input[1..];
        switch (input[0] & 7)
        {
            case 0:
                Update(rest, new SessionTraits((input[0] & 8) != 0, (input[0] & 16) != 0));
                break;
            case 1:
                if (OpenMessage.TryRead(rest, out var open, out _))
                {
                    var to = new OctetBuffer();
                    open.WriteTo(to);
                    Assert.True(OpenMessage.TryRead(to.Written[Message.HeaderOctets..], out var again, out _));
                    Assert.Equal(open.As, again.As);
                }
                break;
            case 2:
                Message.TryFrame(rest, (input[0] & 8) != 0, out _, out _, out _);
                RouteRefreshMessage.TryRead(rest, out _);
                if (NotificationMessage.TryRead(rest, out var notification))
                {
                    _ = notification.ToString();
                }
                break;
            default:
                Routes(Families.All[(input[0] >> 3) % Families.All.Count], rest, (input[0] & 7) == 3);
                break;
        }
    }

    /// <summary>The input that has an OPEN or an UPDATE of an internal session read.</summary>
    public static byte[] OfMessage(byte[] message) =>
        [message[18] == (byte)MessageType.Open ? (byte)1 : (byte)0x18, .. message[Message.HeaderOctets..]];

    private static void Update(ReadOnlySpan<byte> body, SessionTraits traits)
    {
        var reader = new UpdateReader();
        UpdateCodecTests.Use(reader, body, traits);
        if (reader.Action >= UpdateAction.TreatAsWithdraw)
        {
            return;
        }
        Announce(Families.Of(Family.IPv4Unicast), body[reader.Announced], reader.NextHop, reader.Canonical, traits);
        if (reader.HasReach && Families.Find(reader.ReachFamily) is { } family)
        {
            Announce(family, body[reader.Reach], reader.ReachNextHop, reader.Canonical, traits);
        }
    }

    // Routes go on with their attributes as a reflector sends them on.
    private static void Announce(
        FamilyDescriptor family,
        ReadOnlySpan<byte> field,
        Address nextHop,
        ReadOnlySpan<byte> canonical,
        SessionTraits traits
    )
    {
        var routes = new List<Nlri>();
        var wire = new WireReader(field);
        while (!wire.AtEnd)
        {
            switch (family.TryRead(ref wire, false, false, out var route))
            {
                case NlriOutcome.Malformed:
                    return;
                case NlriOutcome.Read:
                    routes.Add(route);
                    break;
            }
        }
        var to = new OctetBuffer();
        var writer = new UpdateWriter(to);
        if (!writer.Begin(family, new AttributeSet(canonical, nextHop), false, true, true))
        {
            return;
        }
        routes.ForEach(route => writer.Add(route));
        writer.End();
        var again = new List<Nlri>();
        foreach (var message in UpdateCodecTests.Bodies(to, true))
        {
            var reader = new UpdateReader();
            Assert.True(reader.Read(message.Span, traits with { FourOctetAs = true }), reader.Error?.ToString());
            Assert.True(reader.Action == UpdateAction.None, $"{reader.Action} {reader.Error}");
            Assert.Equal(Plain(nextHop), Plain(family.IsClassic ? reader.NextHop : reader.ReachNextHop));
            Assert.Equal(Convert.ToHexString(canonical), Convert.ToHexString(reader.Canonical));
            var range = family.IsClassic ? reader.Announced : reader.Reach;
            again.AddRange(UpdateCodecTests.Routes(message.Span[range], family, false, false));
        }
        Assert.Equal(routes, again);
    }

    // An IPv4 next hop of an IPv6 family travels v4-mapped.
    private static Address Plain(Address address) =>
        address.IsV4Mapped ? Address.V4((uint)(address.Bits & uint.MaxValue)) : address;

    // What is read, written and read again is the same.
    private static void Routes(FamilyDescriptor family, ReadOnlySpan<byte> field, bool addPath)
    {
        var wire = new WireReader(field);
        while (!wire.AtEnd)
        {
            var outcome = family.TryRead(ref wire, addPath, false, out var route);
            if (outcome == NlriOutcome.Malformed)
            {
                return;
            }
            if (outcome == NlriOutcome.Read)
            {
                var to = new OctetBuffer();
                family.WriteTo(to, route, addPath, false);
                var again = new WireReader(to.Written);
                Assert.Equal(NlriOutcome.Read, family.TryRead(ref again, addPath, false, out var same));
                Assert.True(again.AtEnd);
                Assert.Equal(route, same);
                _ = family.Format(route);
            }
        }
    }
}
