using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Tombolo.Agent.Datapath;
using Tombolo.Linux;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// Live traffic between two nodes over a real overlay: networks red and blue, whose pods hold the same addresses, two to a
/// network on node a and one on node b. Nothing is crafted here: sockets of the kernel talk to sockets of the kernel.
/// </summary>
public sealed class OverlayTests : KernelTest
{
    private const int Port = 8080;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly OverlayNode a;
    private readonly OverlayNode b;
    private readonly List<Pod> pods = [];

    private sealed record Pod(string Name, ushort Vrf, string Netns, OverlayNode Node, int Link, Mac Mac, int Host)
    {
        public uint Label => (uint)(100 + Vrf * 16 + Host);

        public Address At(bool six) => OverlayTests.At(Host, six);
    }

    public OverlayTests()
    {
        Mounts.BpfFs(Path.Combine(Home, "bpf"));
        var (netnsA, netnsB) = (NewNetns("a"), NewNetns("b"));
        var (addressA, addressB) = (Address.Parse("172.30.0.1"), Address.Parse("172.30.0.2"));
        using (var here = Netlink.Open(netnsA))
        using (var there = Netlink.Open(netnsB))
        using (var target = Netns.Open(netnsB))
        {
            here.Links.AddVeth(new VethEnd("underlay"), new VethEnd("underlay", Namespace: target));
            var (near, far) = (here.Links.Named("underlay").Index, there.Links.Named("underlay").Index);
            there.Links.SetUp(far);
            here.Addresses.Add(near, addressA, 24);
            there.Addresses.Add(far, addressB, 24);
            a = new OverlayNode(Home, "a", netnsA, addressA, near);
            b = new OverlayNode(Home, "b", netnsB, addressB, far);
        }
        foreach (ushort vrf in new ushort[] { 1, 2 })
        {
            Add(vrf, a, 5);
            Add(vrf, a, 6);
            Add(vrf, b, 7);
        }
        Add(2, b, 9); // blue alone
        Program();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TCP_reaches_the_namesake_of_its_own_network(bool six)
    {
        using var red = Serve(Find(1, 7), six);
        using var blue = Serve(Find(2, 7), six);
        using var redNear = Serve(Find(1, 6), six);
        using var blueNear = Serve(Find(2, 6), six);
        foreach (var to in new[] { 6, 7 })
        {
            Assert.Equal($"pod-1-{to}", Ask(Find(1, 5), At(to, six)));
            Assert.Equal($"pod-2-{to}", Ask(Find(2, 5), At(to, six)));
        }
        Assert.Equal(0ul, a.Dropped(DropReason.SpoofedAddress) + b.Dropped(DropReason.SourceNotBehindEndpoint));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UDP_reaches_the_namesake_of_its_own_network(bool six)
    {
        foreach (ushort vrf in new ushort[] { 1, 2 })
        {
            using var server = Open(Find(vrf, 7), six, SocketType.Dgram);
            using var client = Open(Find(vrf, 5), six, SocketType.Dgram);
            client.SendTo(Encoding.ASCII.GetBytes($"to {vrf}"), new IPEndPoint(At(7, six).ToIPAddress(), Port));
            var octets = new byte[64];
            EndPoint from = new IPEndPoint(six ? IPAddress.IPv6Any : IPAddress.Any, 0);
            var count = server.ReceiveFrom(octets, ref from);
            Assert.Equal($"to {vrf}", Encoding.ASCII.GetString(octets, 0, count));
            Assert.Equal(At(5, six).ToIPAddress(), ((IPEndPoint)from).Address);
        }
    }

    [Theory]
    [InlineData("10.10.0.7")]
    [InlineData("10.10.0.6")]
    [InlineData("10.10.0.1")]
    [InlineData("fd10::7")]
    [InlineData("fd10::6")]
    [InlineData("fd10::1")]
    [InlineData("fe80::1%eth0")]
    public void A_ping_is_answered(string to) =>
        Assert.Equal(
            IPStatus.Success,
            Netns.Run(Find(1, 5).Netns, () => new Ping().Send(IPAddress.Parse(Scoped(to, Find(1, 5))), 3000).Status)
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pod_of_another_network_is_not_there(bool six)
    {
        using var blue = Serve(Find(2, 9), six);
        Assert.Equal("pod-2-9", Ask(Find(2, 5), At(9, six)));
        var before = a.Dropped(DropReason.NoRoute);
        var refused = Assert.Throws<SocketException>(() => Ask(Find(1, 5), At(9, six)));
        Assert.Contains(
            refused.SocketErrorCode,
            new[] { SocketError.HostUnreachable, SocketError.NetworkUnreachable, SocketError.TimedOut }
        );
        Assert.True(a.Dropped(DropReason.NoRoute) > before);
    }

    [Theory]
    [InlineData(Encap.Vxlan, false)]
    [InlineData(Encap.Vxlan, true)]
    [InlineData(Encap.MplsUdp, false)]
    [InlineData(Encap.MplsUdp, true)]
    public void TCP_super_packets_cross_the_underlay_whole(Encap encap, bool six)
    {
        Program(encap: encap);
        const int size = 16 << 20;
        var before = b.Received();
        Assert.Equal(size, Transfer(size, six));
        var after = b.Received();
        var mean = (after.Octets - before.Octets) / (after.Packets - before.Packets);
        Assert.True(mean > 4 * 1500, $"packets of {mean} octets on average");
        Assert.Equal(0ul, a.Dropped(DropReason.TooBig) + a.Dropped(DropReason.EncapFailed));
    }

    // A device that cannot segment what is in a tunnel: the kernel does, octet by octet as we told it.
    [Theory]
    [InlineData(Encap.Vxlan, false)]
    [InlineData(Encap.Vxlan, true)]
    [InlineData(Encap.MplsUdp, false)]
    [InlineData(Encap.MplsUdp, true)]
    public void TCP_super_packets_are_cut_where_the_underlay_cannot_take_them(Encap encap, bool six)
    {
        Program(encap: encap);
        using (var ethtool = Ethtool.Open(a.NetnsPath))
        {
            ethtool.SetFeature(a.UnderlayIndex, "tx-udp_tnl-segmentation", on: false);
            ethtool.SetFeature(a.UnderlayIndex, "tx-udp_tnl-csum-segmentation", on: false);
        }
        const int size = 4 << 20;
        var before = b.Received();
        Assert.Equal(size, Transfer(size, six));
        var after = b.Received();
        var mean = (after.Octets - before.Octets) / (after.Packets - before.Packets);
        Assert.InRange(mean, 1000, 1514);
    }

    // QUIC's way of sending: one call, many datagrams. The agent's link cuts them before they reach from_pod.
    [Theory]
    [InlineData(Encap.Vxlan, false)]
    [InlineData(Encap.Vxlan, true)]
    [InlineData(Encap.MplsUdp, false)]
    [InlineData(Encap.MplsUdp, true)]
    public void UDP_segmentation_loses_no_datagram(Encap encap, bool six)
    {
        Program(encap: encap);
        const int batches = 125;
        Assert.Equal(batches * DatagramsInOne, SendSegmented(batches, six));
        Assert.Equal(0ul, a.Dropped(DropReason.EncapFailed));
    }

    // Switched on again inside the pod: lost, and said so, instead of vanishing at the receiver.
    [Theory]
    [InlineData(Encap.Vxlan)]
    [InlineData(Encap.MplsUdp)]
    public void UDP_super_packets_that_were_not_cut_are_dropped_by_name(Encap encap)
    {
        Program(encap: encap);
        var pod = Find(1, 5);
        using (var ethtool = Ethtool.Open(pod.Netns))
        using (var netlink = Netlink.Open(pod.Netns))
        {
            ethtool.SetFeature(netlink.Links.Named("eth0").Index, "tx-udp-segmentation", on: true);
        }
        Assert.Equal(0, SendSegmented(1, six: false));
        Assert.Equal(1ul, a.Dropped(DropReason.EncapFailed));
    }

    // FabricConfig changes: senders change, one after the other, and receivers take both. Numbered datagrams all the while.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_of_encapsulation_loses_nothing(bool six)
    {
        using var server = Open(Find(1, 7), six, SocketType.Dgram);
        using var client = Open(Find(1, 5), six, SocketType.Dgram);
        client.Connect(At(7, six).ToIPAddress(), Port);
        using var stop = new CancellationTokenSource();
        var exchange = Task.Run(
            () =>
            {
                var octets = new byte[4];
                int sent;
                for (sent = 0; !stop.IsCancellationRequested; sent++)
                {
                    client.Send(BitConverter.GetBytes(sent));
                    server.Receive(octets);
                    Assert.Equal(sent, BitConverter.ToInt32(octets));
                }
                return sent;
            },
            TestContext.Current.CancellationToken
        );
        for (var round = 0; round < 40 && !exchange.IsCompleted; round++)
        {
            Program(encap: round % 2 == 0 ? Encap.MplsUdp : Encap.Vxlan);
        }
        await stop.CancelAsync();
        Assert.InRange(await exchange, 100, int.MaxValue);
        Assert.DoesNotContain(a.Datapath.Drops(), drop => drop is { Direction: "from_pod", Reason: "no_route" });
        Assert.DoesNotContain(b.Datapath.Drops(), drop => drop.Direction == "from_underlay");
    }

    // The path is narrower than the pods know: they learn it from an ICMP error in the gateway's name.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_narrow_path_is_learnt_and_TCP_goes_on(bool six)
    {
        Program(pathMtu: 1400);
        Assert.Equal(200_000, Transfer(200_000, six));
        Assert.InRange(a.Dropped(DropReason.TooBig), 1ul, 50ul);
    }

    [Fact]
    public void A_restarted_agent_changes_nothing_and_loses_nothing()
    {
        using var server = Open(Find(1, 7), six: false, SocketType.Dgram);
        using var client = Open(Find(1, 5), six: false, SocketType.Dgram);
        var to = new IPEndPoint(At(7, six: false).ToIPAddress(), Port);
        var octets = new byte[4];
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                client.SendTo(BitConverter.GetBytes(i), to);
            }
            Assert.Equal(0, a.Restart(LinksOf(a)));
            Assert.Equal(0, b.Restart(LinksOf(b)));
            for (var i = 0; i < 50; i++)
            {
                server.Receive(octets);
                Assert.Equal(i, BitConverter.ToInt32(octets));
            }
        }
    }

    [Fact]
    public void A_new_veth_under_an_old_index_gets_its_programs()
    {
        var pod = Find(1, 6);
        Assert.True(Netns.Run(a.NetnsPath, () => a.Datapath.IsAttached(pod.Link)));
        using (var host = Netlink.Open(a.NetnsPath))
        {
            host.Links.Delete(pod.Link);
        }
        Assert.False(Netns.Run(a.NetnsPath, () => a.Datapath.IsAttached(pod.Link)));
        Assert.Contains(pod.Link, a.Datapath.Attached);
        a.Datapath.Detach(pod.Link);
        Assert.DoesNotContain(pod.Link, a.Datapath.Attached);
        var again = a.AddLink(pod.Netns, "again", pod.Mac, [pod.At(false), pod.At(true)]);
        pods[pods.IndexOf(pod)] = pod with { Link = again };
        Program();
        using var server = Serve(Find(1, 6), six: true);
        Assert.Equal("pod-1-6", Ask(Find(1, 5), At(6, six: true)));
    }

    [Fact]
    public void Detached_and_unwanted_pods_are_gone()
    {
        var pod = Find(1, 7);
        using var server = Serve(pod, six: false);
        Assert.Equal("pod-1-7", Ask(Find(1, 5), At(7, six: false)));
        b.Datapath.Detach(pod.Link);
        pods.Remove(pod);
        Program();
        Assert.Throws<SocketException>(() => Ask(Find(1, 5), At(7, six: false)));
        Assert.DoesNotContain(b.Datapath.Dump().Interfaces, item => item.IfIndex == pod.Link);
        Assert.DoesNotContain(b.Datapath.Dump().Labels, item => item.Value == pod.Label);
        Assert.DoesNotContain(a.Datapath.Dump().Routes, item => item.Vrf == 1 && item.Prefix == "10.10.0.7/32");
        Assert.Contains(a.Datapath.Dump().Routes, item => item.Vrf == 2 && item.Prefix == "10.10.0.7/32");
    }

    [Fact]
    public void Taken_down_nothing_is_left()
    {
        var programs = new[] { a, b }
            .SelectMany(node => new[] { node.Datapath.Programs.FromPod.Id, node.Datapath.Programs.FromUnderlay.Id })
            .ToList();
        Assert.All(programs, id => Assert.True(Exists(id)));
        a.Dispose();
        b.Dispose();
        Assert.Empty(Directory.GetDirectories(Path.Combine(Home, "bpf")));
        Wait(() => !programs.Any(Exists), "programs are still loaded");
    }

    public override void Dispose()
    {
        a.Dispose();
        b.Dispose();
        base.Dispose();
    }

    private static bool Exists(uint program)
    {
        try
        {
            BpfBuild.Run("bpftool", "prog", "show", "id", $"{program}");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Wait(Func<bool> condition, string otherwise)
    {
        var until = DateTime.UtcNow + Deadline;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, otherwise);
            Thread.Sleep(20); // between two looks at the kernel
        }
    }

    private static string Scoped(string text, Pod pod)
    {
        if (!text.Contains('%'))
        {
            return text;
        }
        using var netlink = Netlink.Open(pod.Netns);
        return text.Split('%')[0] + "%" + netlink.Links.Named("eth0").Index;
    }

    private static Address At(int host, bool six) => Address.Parse(six ? $"fd10::{host}" : $"10.10.0.{host}");

    private Pod Find(ushort vrf, int host) => pods.Single(pod => pod.Vrf == vrf && pod.Host == host);

    private IEnumerable<int> LinksOf(OverlayNode node) => pods.Where(pod => pod.Node == node).Select(pod => pod.Link);

    private void Add(ushort vrf, OverlayNode node, int host)
    {
        var name = $"pod-{vrf}-{host}";
        var netns = NewNetns(name);
        var mac = new Mac(0x02_00_00_00_00_00 + (ulong)(vrf * 256 + host));
        var link = node.AddLink(netns, name, mac, [At(host, false), At(host, true)]);
        pods.Add(new Pod(name, vrf, netns, node, link, mac, host));
    }

    private void Program(ushort pathMtu = 1500, Encap encap = Encap.Vxlan)
    {
        foreach (var (node, other) in new[] { (a, b), (b, a) })
        {
            var subnets = new[] { Prefix.Parse("10.10.0.0/24"), Prefix.Parse("fd10::/64") };
            node.Apply(
                new WantedState
                {
                    Vrfs = [new WantedVrf(1, subnets), new WantedVrf(2, subnets)],
                    Tunnels = [new WantedTunnel(other.Underlay, node.Underlay, node.UnderlayIndex, pathMtu)],
                    Interfaces =
                    [
                        .. pods.Where(pod => pod.Node == node)
                            .Select(pod => new WantedInterface(pod.Link, pod.Vrf, new Label(pod.Label), pod.Mac)
                            {
                                Addresses = [pod.At(false), pod.At(true)],
                                Gateway4 = Address.Parse("10.10.0.1"),
                                Gateway6 = Address.Parse("fd10::1"),
                                Identity = pod.Vrf,
                            }),
                    ],
                    Routes =
                    [
                        .. from pod in pods
                        from six in new[] { false, true }
                        select new WantedRoute(
                            pod.Vrf,
                            Prefix.Host(pod.At(six)),
                            pod.Node == node
                                ? new WantedNextHop.Interface(pod.Link, pod.Mac)
                                : new WantedNextHop.Tunnel(other.Underlay, pod.Label, encap),
                            pod.Vrf
                        ),
                    ],
                },
                LinksOf(node)
            );
        }
    }

    private static Socket Open(Pod pod, bool six, SocketType type)
    {
        var family = six ? AddressFamily6 : System.Net.Sockets.AddressFamily.InterNetwork;
        var socket = Netns.Run(pod.Netns, () => new Socket(family, type, ProtocolType.Unspecified));
        socket.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        socket.Bind(new IPEndPoint(pod.At(six).ToIPAddress(), type == SocketType.Dgram ? Port : 0));
        return socket;
    }

    private const System.Net.Sockets.AddressFamily AddressFamily6 = System.Net.Sockets.AddressFamily.InterNetworkV6;

    private static Socket Listen(Pod pod, bool six)
    {
        var family = six ? AddressFamily6 : System.Net.Sockets.AddressFamily.InterNetwork;
        var socket = Netns.Run(pod.Netns, () => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(pod.At(six).ToIPAddress(), Port));
        socket.Listen();
        return socket;
    }

    /// <summary>Sends octets by TCP from one of red's pods to the other node's.</summary>
    /// <returns>How many arrived.</returns>
    private int Transfer(int size, bool six)
    {
        using var listener = Listen(Find(1, 7), six);
        using var client = Open(Find(1, 5), six, SocketType.Stream);
        client.Connect(At(7, six).ToIPAddress(), Port);
        using var server = listener.Accept();
        server.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        var sender = new Thread(() =>
        {
            try
            {
                client.Send(new byte[size]);
                client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The receiver gave up; it says why.
            }
        })
        {
            IsBackground = true,
        };
        sender.Start();
        var received = 0;
        var octets = new byte[256 << 10];
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        for (int count; (count = server.Receive(octets)) > 0; received += count)
        {
            // Where super-packets die, their retransmissions one by one still trickle through.
            Assert.True(DateTime.UtcNow < until, $"only {received} of {size} octets in 20 s");
        }
        sender.Join();
        return received;
    }

    private const int DatagramsInOne = 40;

    /// <summary>Sends so many times 40 datagrams in one call, and waits for each lot before the next.</summary>
    /// <returns>How many arrived whole and in order.</returns>
    private int SendSegmented(int batches, bool six)
    {
        const int size = 1200;
        const int udpSegment = 103; // UDP_SEGMENT
        using var server = Open(Find(1, 7), six, SocketType.Dgram);
        using var client = Open(Find(1, 5), six, SocketType.Dgram);
        client.SetRawSocketOption((int)ProtocolType.Udp, udpSegment, BitConverter.GetBytes(size));
        server.ReceiveTimeout = 500;
        client.Connect(At(7, six).ToIPAddress(), Port);
        var (octets, received) = (new byte[size * DatagramsInOne], 0);
        var datagram = new byte[size * 2];
        for (var batch = 0; batch < batches; batch++)
        {
            for (var i = 0; i < DatagramsInOne; i++)
            {
                BitConverter.TryWriteBytes(octets.AsSpan(i * size), received + i);
            }
            Assert.Equal(octets.Length, client.Send(octets));
            for (var i = 0; i < DatagramsInOne; i++)
            {
                try
                {
                    Assert.Equal(size, server.Receive(datagram));
                }
                catch (SocketException late) when (late.SocketErrorCode == SocketError.TimedOut)
                {
                    return received;
                }
                Assert.Equal(received, BitConverter.ToInt32(datagram));
                received++;
            }
        }
        return received;
    }

    /// <summary>Answers each connection with the pod's name until it is disposed.</summary>
    private static Socket Serve(Pod pod, bool six)
    {
        var listener = Listen(pod, six);
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    using var connection = await listener.AcceptAsync();
                    await connection.SendAsync(Encoding.ASCII.GetBytes(pod.Name));
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        });
        return listener;
    }

    /// <summary>Connects within a deadline and reads the answer.</summary>
    private static string Ask(Pod from, Address to)
    {
        using var socket = Open(from, !to.IsIPv4, SocketType.Stream);
        const int userTimeout = 18; // TCP_USER_TIMEOUT, milliseconds: bounds the connecting too
        socket.SetRawSocketOption((int)ProtocolType.Tcp, userTimeout, BitConverter.GetBytes(3000));
        socket.Connect(to.ToIPAddress(), Port);
        var octets = new byte[64];
        return Encoding.ASCII.GetString(octets, 0, socket.Receive(octets));
    }
}
