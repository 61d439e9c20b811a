using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Speaking;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

public class SpeakerTests
{
    private static readonly Address One = SpeakerPair.Loopback(1);
    private static readonly Address Two = SpeakerPair.Loopback(2);
    private static readonly Address Three = SpeakerPair.Loopback(3);

    [Fact]
    public async Task Two_speakers_exchange_routes_and_take_them_back()
    {
        await using var net = new SpeakerPair();
        var (one, two) = (net.Start(One, 65001), net.Start(Two, 65002));
        await one.AddNeighborAsync(net.Neighbor(One, Two, 65002));
        await two.AddNeighborAsync(net.Neighbor(Two, One, 65001));
        await one.AnnounceAsync(Family.IPv4Unicast, Route("10.0.0.0/8"), Set());
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 1, "route");
        Assert.Equal("65001", (await Routes(two))[0].Attributes["as-path"]);
        Assert.Equal(One.ToString(), (await Routes(two))[0].NextHop);
        await one.WithdrawAsync(Family.IPv4Unicast, Route("10.0.0.0/8"));
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 0, "withdrawal");
    }

    [Fact]
    public async Task A_policy_changes_what_goes_out_without_a_reset()
    {
        await using var net = new SpeakerPair();
        var (one, two) = (net.Start(One, 65001), net.Start(Two, 65002));
        await one.AddNeighborAsync(net.Neighbor(One, Two, 65002));
        // One dials: with two a collision may end a connection that one side saw up already (RFC 4271 §6.8).
        await two.AddNeighborAsync(net.Neighbor(Two, One, 65001) with { Passive = true });
        await one.AnnounceAsync(Family.IPv4Unicast, Route("10.0.0.0/8"), Set());
        await one.AnnounceAsync(Family.IPv4Unicast, Route("11.0.0.0/8"), Set());
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 2, "routes");
        var ten = new RouteMatch { Prefixes = new PrefixSet([new PrefixRange(Prefix.Parse("10.0.0.0/8"), 8, 24)]) };
        var policy = new RoutePolicy(
            "ten",
            [new("1", ten, new RouteChange { Med = 5, AddCommunities = [77] }, PolicyAction.Accept)],
            PolicyAction.Reject
        );
        await one.SetPolicyAsync(Two.ToString(), Family.IPv4Unicast, RoutePolicy.AcceptAll, policy);
        await Wait.UntilAsync(
            async () =>
                await Routes(two) is [{ Route: "10.0.0.0/8" } only] && only.Attributes.GetValueOrDefault("med") == "5",
            "policy"
        );
        await two.SetPolicyAsync(One.ToString(), Family.IPv4Unicast, RoutePolicy.RejectAll, RoutePolicy.AcceptAll);
        await Wait.UntilAsync(async () => (await Routes(two))[0].Status == "rejected", "import policy");
        Assert.DoesNotContain(net.Events, one => one.Kind == BgpEventKind.SessionDown);
        Assert.Equal(2, net.Events.Count(one => one.Kind == BgpEventKind.SessionUp));
    }

    [Fact]
    public async Task Too_many_prefixes_end_the_session_and_leave_nothing()
    {
        await using var net = new SpeakerPair();
        var two = net.Start(Two, 65002);
        await two.AddNeighborAsync(
            net.Neighbor(Two, One, 65001) with
            {
                Passive = true,
                Families = [new(Family.IPv4Unicast) { MaximumPrefixes = 1000 }],
            }
        );
        using var socket = await net.PlayAsync(One, Two, 65001);
        await Wait.UntilAsync(() => net.Saw(BgpEventKind.SessionUp), "up");
        await SendAsync(socket, Many(0, 1_000_000));
        var last = await SpeakerPair.LastMessageAsync(socket);
        Assert.Equal((MessageType.Notification, (byte)ErrorCode.Cease, NotificationMessage.MaximumPrefixes), last);
        Assert.Empty(await two.TablesAsync());
    }

    [Fact]
    public async Task A_restarted_neighbour_keeps_its_routes_until_it_has_sent_all()
    {
        await using var net = new SpeakerPair();
        var two = net.Start(Two, 65002);
        await two.AddNeighborAsync(
            net.Neighbor(Two, One, 65001) with
            {
                Passive = true,
                GracefulRestart = TimeSpan.FromSeconds(60),
            }
        );
        var capabilities = new Capabilities
        {
            Families = [Family.IPv4Unicast],
            FourOctetAs = 65001,
            GracefulRestart = new GracefulRestart(false, true, 60, [new(Family.IPv4Unicast, true)]),
        };
        var first = await net.PlayAsync(One, Two, 65001, capabilities);
        await SendAsync(first, Many(0, 10));
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 10, "routes");
        first.Dispose();
        await Wait.UntilAsync(
            async () => (await Routes(two)).Count(route => route.Status == "best stale") == 10,
            "stale"
        );
        using var second = await PlayUntilUpAsync(net, capabilities);
        await SendAsync(second, Many(0, 4));
        await Wait.UntilAsync(async () => (await Routes(two)).Count(route => route.Status == "best") == 4, "refreshed");
        Assert.Equal(10, (await Routes(two)).Length);
        var end = new OctetBuffer();
        UpdateWriter.WriteEndOfRib(end, Families.Of(Family.IPv4Unicast));
        await SendAsync(second, end);
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 4, "swept");
    }

    [Fact]
    public async Task A_malformed_attribute_costs_its_routes_and_not_the_session()
    {
        await using var net = new SpeakerPair();
        var two = net.Start(Two, 65002);
        await two.AddNeighborAsync(net.Neighbor(Two, One, 65001) with { Passive = true });
        using var socket = await net.PlayAsync(One, Two, 65001);
        await SendAsync(socket, Many(0, 3));
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 3, "routes");
        // The first of them again, with an ORIGIN of value 9.
        var bad = new OctetBuffer();
        var start = Message.Begin(bad, MessageType.Update);
        bad.Octets(
            Convert.FromHexString(
                "0000" + "0014" + "40010109" + "4002060201" + "0000fde9" + "4003040a000001" + "18" + "010000"
            )
        );
        Message.End(bad, start);
        await SendAsync(socket, bad);
        await Wait.UntilAsync(async () => (await Routes(two)).Length == 2, "treated as withdrawn");
        Assert.DoesNotContain(net.Events, one => one.Kind == BgpEventKind.SessionDown);
    }

    [Fact]
    public async Task A_slow_neighbour_holds_up_nobody_else()
    {
        await using var net = new SpeakerPair();
        var two = net.Start(Two, 65002);
        await two.AddNeighborAsync(net.Neighbor(Two, One, 65001) with { Passive = true });
        await two.AddNeighborAsync(net.Neighbor(Two, Three, 65003) with { Passive = true });
        using var slow = await net.PlayAsync(One, Two, 65001);
        using var quick = await net.PlayAsync(Three, Two, 65003);
        await Wait.UntilAsync(() => net.Events.Count(one => one.Kind == BgpEventKind.SessionUp) == 2, "up");
        var drained = 0L;
        using var stop = new CancellationTokenSource();
        var draining = DrainAsync();
        // Each route alone in its message: some 60 octets, so 200,000 of them are far more than any buffer takes.
        for (var i = 0u; i < 200_000; i++)
        {
            var builder = new AttributeBuilder().Start(Set()).Set(AttributeCode.Med, i);
            _ = two.AnnounceAsync(
                Family.IPv4Unicast,
                Nlri.Unicast(new Prefix(Address.V4(0x0b000000 + (i << 4)), 28)),
                builder.Build()
            );
        }
        await Wait.UntilAsync(() => Interlocked.Read(ref drained) > 200_000 * 50, "the quick one has all", 60);
        await stop.CancelAsync();
        await draining;

        async Task DrainAsync()
        {
            var buffer = new byte[65536];
            try
            {
                while (true)
                {
                    Interlocked.Add(ref drained, await quick.ReceiveAsync(buffer, stop.Token));
                }
            }
            catch (OperationCanceledException)
            {
                // Told to stop.
            }
        }
    }

    private static async Task<System.Net.Sockets.Socket> PlayUntilUpAsync(SpeakerPair net, Capabilities capabilities)
    {
        for (var tries = 0; ; tries++)
        {
            var before = net.Events.Count(one => one.Kind == BgpEventKind.SessionUp);
            var socket = await net.PlayAsync(One, Two, 65001, capabilities);
            for (var look = 0; look < 20; look++)
            {
                if (net.Events.Count(one => one.Kind == BgpEventKind.SessionUp) > before)
                {
                    return socket;
                }
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
            socket.Dispose();
            Assert.True(tries < 20, "never up again");
        }
    }

    internal static OctetBuffer Many(uint from, uint count)
    {
        var to = new OctetBuffer();
        var writer = new UpdateWriter(to);
        writer.Begin(Families.Of(Family.IPv4Unicast), Set(65001), false, false, true);
        for (var i = from; i < from + count; i++)
        {
            writer.Add(Nlri.Unicast(new Prefix(Address.V4(0x01000000 + (i << 8)), 24)));
        }
        writer.End();
        return to;
    }

    internal static async Task SendAsync(System.Net.Sockets.Socket socket, OctetBuffer messages)
    {
        try
        {
            for (var sent = 0; sent < messages.Count; )
            {
                sent += await socket.SendAsync(messages.Segment(sent, messages.Count - sent));
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The other side had enough, which is what some tests are about.
        }
    }

    internal static AttributeSet Set(uint path = 0)
    {
        var builder = new AttributeBuilder().Start();
        builder.Origin(Origin.Igp).Set(AttributeCode.AsPath, []);
        if (path != 0)
        {
            builder.Prepend(path);
            builder.NextHop = Address.Parse("10.0.0.1");
        }
        return builder.Build();
    }

    internal static Nlri Route(string prefix) => Nlri.Unicast(Prefix.Parse(prefix));

    internal static Task<RouteView[]> Routes(Speaker speaker) =>
        speaker.RoutesAsync(Family.IPv4Unicast, null, onlyBest: false, int.MaxValue);
}
