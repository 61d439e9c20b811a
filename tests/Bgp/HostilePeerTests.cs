using System.Net.Sockets;
using Tombolo.Bgp.Speaking;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

/// <summary>A neighbour that sends anything: the speaker answers by the RFCs, stays up, and keeps nothing of it.</summary>
public class HostilePeerTests
{
    private static readonly Address Speaker = SpeakerPair.Loopback(11);
    private static readonly Address Hostile = SpeakerPair.Loopback(12);
    private static readonly Address Honest = SpeakerPair.Loopback(13);

    public static TheoryData<string, string, byte, byte> Garbage =>
        new()
        {
            { "no marker", new string('0', 64), 1, 1 },
            { "length 18", new string('f', 32) + "001201", 1, 2 },
            { "length 5000", new string('f', 32) + "138802" + new string('0', 9962), 1, 2 },
            { "type 9", new string('f', 32) + "001309", 1, 3 },
            { "OPEN too short", new string('f', 32) + "001401" + "04", 1, 2 },
            { "version 3", new string('f', 32) + "001d01" + "03fde9005a0a00000100", 2, 1 },
            { "another AS", new string('f', 32) + "001d01" + "0400ff005a0a00000100", 2, 2 },
            { "hold time 1", new string('f', 32) + "001d01" + "04fde900010a00000100", 2, 6 },
            { "UPDATE first", new string('f', 32) + "001702" + "00000000", 5, 1 },
            { "KEEPALIVE first", new string('f', 32) + "001304", 5, 1 },
        };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Answers_garbage_with_its_error_code(string what, string octets, byte code, byte subcode)
    {
        await using var net = new SpeakerPair();
        var speaker = await StartAsync(net);
        using var socket = await net.ConnectAsync(Hostile, Speaker);
        await socket.SendAsync(Convert.FromHexString(octets));
        Assert.Equal((MessageType.Notification, code, subcode), await SpeakerPair.LastMessageAsync(socket));
        Assert.True((await speaker.NeighborsAsync()).Length > 0, what);
    }

    [Fact]
    public async Task Mutated_updates_and_floods_leave_an_honest_session_alone()
    {
        await using var net = new SpeakerPair();
        var speaker = await StartAsync(net);
        using var honest = await net.PlayAsync(Honest, Speaker, 65003);
        await SpeakerTests.SendAsync(honest, Routes(5));
        await Wait.UntilAsync(async () => (await SpeakerTests.Routes(speaker)).Length == 5, "honest routes");
        var random = new Random(7);
        for (var round = 0; round < 12; round++)
        {
            // A neighbour of its own a round: one that was refused rests for a while.
            var address = SpeakerPair.Loopback(20 + round);
            await speaker.AddNeighborAsync(net.Neighbor(Speaker, address, 65001) with { Passive = true });
            using var socket = await net.PlayAsync(address, Speaker, 65001);
            var flood = SpeakerTests.Many((uint)round * 1000, 50_000).Written.ToArray();
            for (var i = 0; i < round * 20; i++)
            {
                flood[random.Next(flood.Length)] = (byte)random.Next(256);
            }
            try
            {
                await socket.SendAsync(
                    flood.AsMemory(0, flood.Length - (round % 3 * 7)),
                    TestContext.Current.CancellationToken
                );
            }
            catch (SocketException)
            {
                // Cut off while it was sending.
            }
        }
        await Wait.UntilAsync(
            async () => (await speaker.NeighborsAsync()).Count(one => one.State == "Established") == 1,
            "only the honest one is up"
        );
        await Wait.UntilAsync(
            async () => (await SpeakerTests.Routes(speaker)).Length == 5,
            "only honest routes are left"
        );
        Assert.Equal(1, (await speaker.TablesAsync()).Single().Groups);
    }

    /// <summary>Whole messages that BIRD, FRR and GoBGP sent.</summary>
    internal static byte[][] Captures =>
        [
            .. File.ReadLines(Root.File("tests", "Bgp", "Captures.txt"))
                .Where(line => line[0] != '#')
                .Select(line => Convert.FromHexString(line.Split(' ')[0])),
        ];

    [Fact]
    public async Task Mutated_captures_leave_an_honest_session_alone()
    {
        await using var net = new SpeakerPair();
        var speaker = await StartAsync(net);
        using var honest = await net.PlayAsync(Honest, Speaker, 65003);
        await SpeakerTests.SendAsync(honest, Routes(5));
        await Wait.UntilAsync(async () => (await SpeakerTests.Routes(speaker)).Length == 5, "honest routes");
        var random = new Random(5);
        var all = Families.All.Select(row => row.Family).ToArray();
        for (var round = 0; round < 40; round++)
        {
            var address = SpeakerPair.Loopback(100 + round);
            await speaker.AddNeighborAsync(
                net.Neighbor(Speaker, address, 0) with
                {
                    Passive = true,
                    EnforceFirstAs = false,
                    Families = [.. all.Select(family => new NeighborFamily(family))],
                }
            );
            // Every other one comes past its OPEN unharmed; of those, half lose octets and with them the framing.
            var isUp = round % 2 == 0;
            using var socket = isUp
                ? await net.PlayAsync(
                    address,
                    Speaker,
                    65001,
                    new Capabilities { Families = [.. all], FourOctetAs = 65001 }
                )
                : await net.ConnectAsync(address, Speaker);
            var stream = new OctetBuffer();
            for (var times = 0; times < 200; times++)
            {
                var message = Captures[random.Next(Captures.Length)].ToArray();
                for (var flips = random.Next(4); flips > 0; flips--)
                {
                    message[random.Next(isUp ? Message.HeaderOctets : 0, message.Length)] = (byte)random.Next(256);
                }
                stream.Octets(message.AsSpan(0, message.Length - (round % 4 == 2 ? random.Next(3) : 0)));
            }
            await SpeakerTests.SendAsync(socket, stream);
        }
        await Wait.UntilAsync(
            async () => (await speaker.NeighborsAsync()).Count(one => one.State == "Established") == 1,
            "only the honest one is up"
        );
        await Wait.UntilAsync(
            async () =>
                (await speaker.TablesAsync()) is [{ Paths: 5, Groups: 1 }] && (await speaker.HeldAsync()).Links == 1,
            "only honest routes are left"
        );
    }

    [Fact]
    public async Task A_flapping_neighbour_leaves_nothing_behind()
    {
        await using var net = new SpeakerPair();
        var speaker = await StartAsync(net);
        for (var i = 0; i < 15; i++)
        {
            var address = SpeakerPair.Loopback(40 + i);
            await speaker.AddNeighborAsync(net.Neighbor(Speaker, address, 65001) with { Passive = true });
            var socket = await net.PlayAsync(address, Speaker, 65001);
            await SpeakerTests.SendAsync(socket, SpeakerTests.Many(0, 2000));
            if (i % 2 == 0)
            {
                await Wait.UntilAsync(
                    async () => (await speaker.TablesAsync()).Sum(table => table.Paths) > 0,
                    "some came"
                );
            }
            socket.Dispose();
            await Wait.UntilAsync(async () => (await speaker.TablesAsync()).Length == 0, $"gone after flap {i}");
            await speaker.RemoveNeighborAsync(address.ToString());
        }
        await Wait.UntilAsync(async () => await speaker.HeldAsync() == (0, 0, 0), "nothing is held");
    }

    [Fact]
    public async Task A_neighbour_that_is_never_there_leaves_nothing_behind()
    {
        await using var net = new SpeakerPair();
        var speaker = net.Start(Speaker, 65002);
        // Nobody listens at this port of that address: every attempt fails at once, a hundred a second.
        await speaker.AddNeighborAsync(
            net.Neighbor(Speaker, Hostile, 65001) with
            {
                ConnectRetry = TimeSpan.FromMilliseconds(1),
            }
        );
        await Wait.UntilAsync(() => net.Events.Count(one => one.Kind == BgpEventKind.ConnectFailed) > 5, "attempts");
        await speaker.RemoveNeighborAsync(Hostile.ToString());
        await Wait.UntilAsync(async () => await speaker.HeldAsync() == (0, 0, 0), "nothing is held");
    }

    // Each route with attributes of random flags, codes, lengths and values; the codec's verdict on a message says what must
    // become of its route, and of the session.
    [Fact]
    public async Task Random_attributes_are_dealt_with_by_the_class_of_their_error()
    {
        await using var net = new SpeakerPair();
        var speaker = await StartAsync(net);
        using var socket = await net.PlayAsync(Hostile, Speaker, 65001);
        var traits = new SessionTraits(IsInternal: false, FourOctetAs: true);
        var (random, reader) = (new Random(3), new UpdateReader());
        var (kept, resets) = (new SortedSet<string>(StringComparer.Ordinal), new List<OctetBuffer>());
        for (var i = 0u; i < 3000; i++)
        {
            var prefix = new Prefix(Address.V4(0x0b000000 + (i << 8)), 24);
            var message = WithRandomAttributes(prefix, random);
            if (!reader.Read(message.Written[Message.HeaderOctets..], traits))
            {
                resets.Add(message);
                continue;
            }
            if (reader.Action < UpdateAction.TreatAsWithdraw)
            {
                kept.Add(prefix.ToString());
            }
            await SpeakerTests.SendAsync(socket, message);
        }
        Assert.InRange(kept.Count, 300, 2700);
        await Wait.UntilAsync(
            async () => kept.SetEquals((await SpeakerTests.Routes(speaker)).Select(route => route.Route)),
            "routes of good messages, and no others"
        );
        Assert.False(net.Saw(BgpEventKind.SessionDown));
        Assert.False(reader.Read(resets[0].Written[Message.HeaderOctets..], traits));
        await SpeakerTests.SendAsync(socket, resets[0]);
        var last = await SpeakerPair.LastMessageAsync(socket);
        Assert.Equal((MessageType.Notification, (byte)ErrorCode.Update, reader.Error!.Subcode), last);
        await Wait.UntilAsync(async () => await speaker.HeldAsync() == (0, 0, 0), "nothing is held");
    }

    private static OctetBuffer WithRandomAttributes(Prefix prefix, Random random)
    {
        var to = new OctetBuffer();
        var start = Message.Begin(to, MessageType.Update);
        to.U16(0);
        var attributes = to.OpenU16();
        to.Octets(Convert.FromHexString("400101004002060201" + "0000fde9" + "4003040a000001"));
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            // Half of them are codes that mean something.
            var code = random.Next(2) == 0 ? random.Next(1, 36) : random.Next(256);
            var flags =
                random.Next(3) == 0 ? random.Next(16) << 4 : (int)(AttributeTable.Find((byte)code)?.Flags ?? 0) | 0x80;
            var value = new byte[random.Next(3) == 0 ? random.Next(30) : 4 * random.Next(4)];
            random.NextBytes(value);
            Tombolo.Bgp.Wire.Attribute.Write(to, (AttributeFlags)flags, (byte)code, value);
        }
        to.CloseU16(attributes);
        to.U8(24);
        to.Octets(prefix.Address.ToArray().AsSpan(0, 3));
        Message.End(to, start);
        return to;
    }

    [Fact]
    public async Task A_stranger_is_not_let_in()
    {
        await using var net = new SpeakerPair();
        await StartAsync(net);
        using var socket = await net.ConnectAsync(SpeakerPair.Loopback(99), Speaker);
        Assert.Equal(default, await SpeakerPair.LastMessageAsync(socket));
        Assert.True(net.Saw(BgpEventKind.ConnectionRefused));
    }

    private static async Task<Speaker> StartAsync(SpeakerPair net)
    {
        var speaker = net.Start(Speaker, 65002);
        await speaker.AddNeighborAsync(net.Neighbor(Speaker, Hostile, 65001) with { Passive = true });
        await speaker.AddNeighborAsync(net.Neighbor(Speaker, Honest, 65003) with { Passive = true });
        await Wait.UntilAsync(() => net.Saw(BgpEventKind.Listening), "listening");
        return speaker;
    }

    private static OctetBuffer Routes(uint count)
    {
        var to = new OctetBuffer();
        var writer = new UpdateWriter(to);
        writer.Begin(Families.Of(Family.IPv4Unicast), SpeakerTests.Set(65003), false, false, true);
        for (var i = 0u; i < count; i++)
        {
            writer.Add(Nlri.Unicast(new Prefix(Address.V4(0xc6336400 + i), 32)));
        }
        writer.End();
        return to;
    }
}
