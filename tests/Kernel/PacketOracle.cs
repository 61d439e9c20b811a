using System.Buffers.Binary;
using Tombolo.Agent.Datapath;
using Tombolo.Linux.Bpf;
using Tombolo.Values;
using Result = Tombolo.Agent.Datapath.Outcome;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// What must hold of every run of a program, whatever the packet: judged from the state that the maps were made from and
/// from the octets that went in and came out, without our programs' own reading of them.
/// </summary>
internal sealed class PacketOracle(NodeA node)
{
    private const int Redirect = 7;
    private const int Shot = 2;
    private const int Next = -1;
    private readonly WantedState wanted = node.Wanted;
    private readonly Dictionary<DropKey, ulong> counted = [];

    public NodeA.Device Device(string name) =>
        name switch
        {
            "red" => node.RedPod,
            "redother" => node.RedOther,
            "blue" => node.BluePod,
            _ => node.Underlay,
        };

    /// <summary>Runs and judges; call on a thread in the node's namespace. Null: the kernel takes no such packet.</summary>
    public TestRun? Run(FuzzInput input)
    {
        var programs = node.Datapath.Programs;
        var program =
            input.Program == "from_pod" ? programs.FromPod
            : input.Program == "to_pod" ? programs.ToPod
            : programs.FromUnderlay;
        TestRun run;
        try
        {
            run = program.Test(input.Frame, NodeA.Context(Device(input.Device).IfIndex, input.GsoSize, input.Mark));
        }
        catch (Linux.LinuxException refused) when (refused.Errno == Linux.Errno.EINVAL)
        {
            return null;
        }
        Judge(input, run);
        return run;
    }

    private void Judge(FuzzInput input, TestRun run)
    {
        var (outcome, reason) = (FromPodTests.Outcome(run), FromPodTests.Reason(run));
        Assert.Equal(
            outcome switch
            {
                Result.Pass => Next,
                Result.Drop => Shot,
                Result.Deliver or Result.Tunnel or Result.Answer => Redirect,
                _ => int.MinValue,
            },
            run.Verdict
        );
        if (outcome == Result.Drop)
        {
            Assert.NotEqual(DropReason.None, reason);
        }
        Assert.True(Enum.IsDefined(reason), $"reason {reason}");
        var direction = input.Program switch
        {
            "from_pod" => Direction.FromPod,
            "to_pod" => Direction.ToPod,
            _ => Direction.FromUnderlay,
        };
        Assert.Equal(reason == DropReason.None ? 0 : 1, Newly(direction, reason));

        switch (direction, outcome)
        {
            case (_, Result.Drop):
                break;
            case (Direction.FromPod, Result.Deliver):
                FromPodDelivered(input, run);
                break;
            case (Direction.FromPod, Result.Tunnel):
                FromPodSent(input, run);
                break;
            case (Direction.FromPod, Result.Answer):
                Answered(input, run, reason);
                break;
            case (Direction.ToPod, Result.Pass):
                Assert.Equal(0x746f6d62u, input.Mark);
                Assert.Equal(input.Frame, run.Packet);
                break;
            case (Direction.FromUnderlay, Result.Pass):
                Assert.Equal(input.Frame, run.Packet);
                Assert.False(IsOverlayForUs(input.Frame), "an overlay packet to this node was left to the host");
                break;
            case (Direction.FromUnderlay, Result.Deliver):
                FromUnderlayDelivered(input, run);
                break;
            default:
                Assert.Fail($"{input.Program} gave {outcome}");
                break;
        }
    }

    // How much the counters grew that this run may have touched: of all networks, since a drop may not know its own.
    private long Newly(Direction direction, DropReason reason)
    {
        var grown = 0L;
        foreach (var vrf in new uint[] { 0, NodeA.Red, NodeA.Blue })
        {
            var key = new DropKey(reason, direction, 0, vrf);
            var now = reason == DropReason.None ? 0 : node.Counted(reason, direction, vrf).Packets;
            grown += (long)(now - counted.GetValueOrDefault(key));
            counted[key] = now;
        }
        return grown;
    }

    /// <summary>All drops in the map, and those that runs accounted for: equal, or something dropped without saying so.</summary>
    public (ulong InMap, ulong Accounted) Totals =>
        (
            node.Datapath.Drops().Aggregate(0ul, (sum, drop) => sum + drop.Packets),
            counted.Values.Aggregate(0ul, (sum, count) => sum + count)
        );

    private void FromPodDelivered(FuzzInput input, TestRun run)
    {
        var (route, expected) = Admitted(input);
        var to = Assert.IsType<WantedNextHop.Interface>(route.NextHop);
        Assert.Equal((uint)to.IfIndex, run.Context.Control1);
        Framed(run.Packet, to.Mac, Mac.Gateway, expected);
        StillSummed(input.Frame.AsSpan(14), run.Packet.AsSpan(14));
    }

    private void FromPodSent(FuzzInput input, TestRun run)
    {
        var (route, expected) = Admitted(input);
        var to = Assert.IsType<WantedNextHop.Tunnel>(route.NextHop);
        var tunnel = wanted.Tunnels.Single(one => one.Remote == to.Remote);
        Assert.True(node.Datapath.Maps.Tunnels.TryGet(run.Context.Control1, out var entry));
        Assert.Equal(to.Remote, entry.Remote.ToAddress(entry.Family));

        var outer = run.Packet.AsSpan(14);
        Assert.Equal(0x0800, BinaryPrimitives.ReadUInt16BigEndian(run.Packet.AsSpan(12)));
        Assert.True(ReadPacket.TryRead(outer, out var ip) && ReadPacket.IsHeaderSummed(outer), "outer header");
        Assert.Equal((NodeA.Local, to.Remote, (byte)17, 20), (ip.Source, ip.Destination, ip.Protocol, ip.Header));
        Assert.Equal(outer.Length, BinaryPrimitives.ReadUInt16BigEndian(outer[2..]));
        Assert.InRange(outer.Length, 0, tunnel.PathMtu);
        Assert.Equal(outer.Length - 20, BinaryPrimitives.ReadUInt16BigEndian(outer[24..]));
        Assert.InRange(BinaryPrimitives.ReadUInt16BigEndian(outer[20..]), 49152, 65535);
        var port = BinaryPrimitives.ReadUInt16BigEndian(outer[22..]);
        if (to.Encap == Encap.Vxlan)
        {
            Assert.Equal((4789, 0x08000000u), (port, BinaryPrimitives.ReadUInt32BigEndian(outer[28..])));
            Assert.Equal(to.Label << 8, BinaryPrimitives.ReadUInt32BigEndian(outer[32..]));
            Framed(outer[36..], to.RouterMac ?? Mac.Gateway, Mac.Gateway, expected);
            StillSummed(input.Frame.AsSpan(14), outer[50..]);
        }
        else
        {
            Assert.Equal((Encap.MplsUdp, 6635), (to.Encap, port));
            Assert.Equal((to.Label << 12) | 0x100 | 64, BinaryPrimitives.ReadUInt32BigEndian(outer[28..]));
            Assert.Equal(expected, ReadPacket.Unsummed(outer[32..]));
            StillSummed(input.Frame.AsSpan(14), outer[32..]);
        }
    }

    // What left a pod was its own, went where its network's longest match leads, and cost a hop if that was imported.
    private (WantedRoute Route, byte[] Expected) Admitted(FuzzInput input)
    {
        var from = Interface(input.Device);
        Assert.Equal(from.Mac, Mac.Read(input.Frame.AsSpan(6, 6)));
        var octets = input.Frame.AsSpan(14);
        Assert.True(ReadPacket.TryRead(octets, out var packet), "it should have been malformed");
        Assert.True(Owns(from, packet.Source), $"{packet.Source} is not the pod's");
        var route = Route(from.Vrf, packet.Destination);
        Assert.NotNull(route);
        Assert.True(route.Own || packet.Ttl > 1, "its TTL had run out");
        return (route, ReadPacket.Hop(octets, route.Own ? 0 : 1));
    }

    private void Answered(FuzzInput input, TestRun run, DropReason reason)
    {
        var (from, frame) = (Interface(input.Device), run.Packet);
        Assert.Equal(from.Mac, Mac.Read(input.Frame.AsSpan(6, 6)));
        Assert.Equal((from.Mac, Mac.Gateway), (Mac.Read(frame), Mac.Read(frame.AsSpan(6))));
        if (frame[12] == 0x08 && frame[13] == 0x06)
        {
            Assert.Equal((DropReason.None, 2), (reason, frame[21]));
            Assert.Equal(Mac.Gateway, Mac.Read(frame.AsSpan(22)));
            Assert.False(Owns(from, Address.Read(frame.AsSpan(28, 4))), "the pod was told of its own address");
            return;
        }
        var asked = input.Frame.AsSpan(14);
        var answer = frame.AsSpan(14);
        Assert.True(ReadPacket.TryRead(answer, out var ip), "the answer's lengths");
        var source = Address.Read(asked[0] >> 4 == 4 ? asked[12..16] : asked[8..24]);
        Assert.True(ip.Destination == source || ip.Destination == Address.Parse("ff02::1"), $"to {ip.Destination}");
        Assert.Equal(ip.Source.IsIPv4 ? Wire.Icmp : Wire.Icmp6, ip.Protocol);
        var type = answer[ip.Header];
        var echo = type is 0 or 129;
        Assert.True(
            ReadPacket.IsHeaderSummed(answer) || (echo && !ReadPacket.IsHeaderSummed(asked)),
            "its header's sum"
        );
        if (reason != DropReason.None)
        {
            Assert.Contains(type, ip.Source.IsIPv4 ? new byte[] { 3, 11 } : [1, 2, 3]);
            Assert.InRange(answer.Length, 28, 40 + 8 + 96);
            Assert.True(Owns(from, source) || !source.IsIPv4, $"an error to {source}");
        }
        // An echo's checksum is carried on, and so is its error; what we wrote ourselves is right.
        if (!echo)
        {
            Assert.True(IsSummed(answer, ip), "the answer's checksum");
        }
    }

    private void FromUnderlayDelivered(FuzzInput input, TestRun run)
    {
        var outer = input.Frame.AsSpan(14);
        Assert.True(IsOverlayForUs(input.Frame) && ReadPacket.TryRead(outer, out _));
        var remote = Address.Read(outer[12..16]);
        var endpoint = wanted.Tunnels.Single(one => one.Remote == remote);
        var vxlan = BinaryPrimitives.ReadUInt16BigEndian(outer[22..]) == 4789;
        var entry = BinaryPrimitives.ReadUInt32BigEndian(outer[28..]);
        var label = vxlan ? BinaryPrimitives.ReadUInt32BigEndian(outer[32..]) >> 8 : entry >> 12;
        Assert.True(vxlan || ((entry & 0x100) != 0 && (entry & 0xff) > 1), "a label that may not be popped");

        var inner = outer[(vxlan ? 50 : 32)..];
        Assert.True(ReadPacket.TryRead(inner, out var packet), "it should have been malformed");
        var into = wanted.Interfaces.Single(one => one.IfIndex == (int)run.Context.Control1);
        if (endpoint.PeerGroup == LabelSpace.Nodes)
        {
            Assert.Equal(into.Label.Value, label);
            Assert.True(Owns(into, packet.Destination), $"{packet.Destination} is not the pod's");
        }
        else
        {
            var network = wanted.Labels.Single(one => one.Space == endpoint.PeerGroup && one.Value == label);
            Assert.Equal((LabelKind.Vrf, into.Vrf), (network.Kind, network.Vrf));
            var to = Assert.IsType<WantedNextHop.Interface>(Route(network.Vrf, packet.Destination)?.NextHop);
            Assert.Equal(into.IfIndex, to.IfIndex);
        }
        var back = Assert.IsType<WantedNextHop.Tunnel>(Route(into.Vrf, packet.Source)?.NextHop);
        Assert.Equal(remote, back.Remote);
        Framed(run.Packet, into.Mac, Mac.Gateway, ReadPacket.Unsummed(inner));
    }

    // A checksum that was right is right after the TTL changed, too.
    private static void StillSummed(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) =>
        Assert.True(!ReadPacket.IsHeaderSummed(before) || ReadPacket.IsHeaderSummed(after), "its header's sum");

    private static void Framed(ReadOnlySpan<byte> frame, Mac to, Mac from, byte[] packet)
    {
        Assert.Equal((to, from), (Mac.Read(frame), Mac.Read(frame[6..])));
        Assert.Equal(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
        Assert.Equal(Convert.ToHexString(packet), Convert.ToHexString(ReadPacket.Unsummed(frame[14..])));
    }

    private static bool IsOverlayForUs(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 42 || frame[12] != 0x08 || frame[13] != 0 || frame[14] >> 4 != 4 || frame[23] != 17)
        {
            return false;
        }
        var port = 14 + (frame[14] & 15) * 4 + 2;
        return Address.Read(frame[30..34]) == NodeA.Local
            && (BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) & 0x1fff) == 0
            && port + 2 <= frame.Length
            && BinaryPrimitives.ReadUInt16BigEndian(frame[port..]) is 4789 or 6635;
    }

    private static bool IsSummed(ReadOnlySpan<byte> octets, ReadPacket ip)
    {
        var message = octets[ip.Header..].ToArray();
        return ip.Source.IsIPv4
            ? Wire.Checksum(message) == 0
            : Wire.Checksum([
                .. ip.Source.ToArray(),
                .. ip.Destination.ToArray(),
                0,
                0,
                (byte)(message.Length >> 8),
                (byte)message.Length,
                0,
                0,
                0,
                Wire.Icmp6,
                .. message,
            ]) == 0;
    }

    private WantedInterface Interface(string device) =>
        wanted.Interfaces.Single(one => one.IfIndex == Device(device).IfIndex);

    private static bool Owns(WantedInterface item, Address address) =>
        item.Addresses.Contains(address) || item.Allowed.Any(prefix => prefix.Contains(address));

    private WantedRoute? Route(ushort vrf, Address address) =>
        wanted
            .Routes.Where(route => route.Vrf == vrf && route.Prefix.Contains(address))
            .MaxBy(route => route.Prefix.Length);
}
