using System.Net;
using System.Net.Sockets;
using Tombolo.Linux;
using Tombolo.Linux.Preflight;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary><c>tombolo check</c> in a namespace whose faults are made one by one.</summary>
[Trait("needs", "root")]
public sealed class PreflightTests : IDisposable
{
    private readonly string home;
    private readonly string netns;

    public PreflightTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        home = TestHome.Make();
        netns = Path.Combine(home, "netns");
        Netns.Create(netns);
    }

    [Fact]
    public void The_kernel_that_runs_our_programs_has_all_that_they_need_and_keeps_nothing_of_the_look()
    {
        var mounts = Mounted();
        var links = Directory.GetDirectories("/sys/class/net");
        var found = KernelFeatures.Look();
        Assert.DoesNotContain(found, one => one.Level == Level.Fail);
        Assert.Equal(found.Count, found.Select(one => one.What).Distinct().Count());
        Assert.Contains(found, one => one.What == "tcx");
        Assert.Equal(Level.Ok, Tombolo.Linux.Preflight.Programs.Look(BpfBuild.Object).Level);
        Assert.Equal(mounts, Mounted());
        Assert.Equal(links, Directory.GetDirectories("/sys/class/net"));
    }

    /// <summary>Without those of tests that run beside this one.</summary>
    private static IEnumerable<string> Mounted() =>
        File.ReadAllLines("/proc/self/mounts").Where(line => !line.Contains("tombolo", StringComparison.Ordinal));

    [Fact]
    public void A_helper_that_no_kernel_has_is_not_found() =>
        Assert.Throws<LinuxException>(() => BpfProbe.Program(BpfProbe.SchedClassifier, "none", 100_000));

    [Fact]
    public void An_object_that_is_none_is_a_failure_in_words()
    {
        var found = Tombolo.Linux.Preflight.Programs.Look(Path.Combine(home, "nothing.o"));
        Assert.Equal(Level.Fail, found.Level);
        Assert.Contains("nothing.o", found.Found, StringComparison.Ordinal);
        Assert.NotNull(found.WayOut);
    }

    [Fact]
    public void A_port_of_tunnels_that_somebody_holds_is_shown_with_who()
    {
        Assert.All(Look(TunnelPorts.Look), one => Assert.Equal(Level.Ok, one.Level));
        using var taken = Netns.Run(
            netns,
            () =>
            {
                var socket = new Socket(
                    System.Net.Sockets.AddressFamily.InterNetwork,
                    SocketType.Dgram,
                    ProtocolType.Udp
                );
                socket.Bind(new IPEndPoint(IPAddress.Any, 4789));
                return socket;
            }
        );
        var found = Look(TunnelPorts.Look).Single(one => one.What == "UDP 4789");
        Assert.Equal(Level.Fail, found.Level);
        Assert.Contains($"(pid {Environment.ProcessId})", found.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_of_another_network_on_our_port_is_shown_by_name()
    {
        BpfBuild.Run(
            "nsenter",
            $"--net={netns}",
            "ip",
            "link",
            "add",
            "flannel.1",
            "type",
            "vxlan",
            "id",
            "1",
            "dstport",
            "4789"
        );
        BpfBuild.Run("nsenter", $"--net={netns}", "ip", "link", "set", "flannel.1", "up");
        var found = Look(TunnelPorts.Look).Single(one => one.What == "UDP 4789");
        Assert.Equal(Level.Fail, found.Level);
        Assert.Contains("flannel.1", found.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1500, true, true, "ok ok")]
    [InlineData(1300, true, true, "ok fail")]
    [InlineData(1500, false, true, "fail ok")]
    [InlineData(1500, true, false, "fail ok")]
    public void The_underlay_has_an_address_is_up_and_is_wide_enough(int mtu, bool up, bool addressed, string levels)
    {
        using (var netlink = Netlink.Open(netns))
        {
            netlink.Links.AddVeth(new VethEnd("eth0", Mtu: mtu), new VethEnd("far", Mtu: mtu), up);
            var device = netlink.Links.Named("eth0").Index;
            netlink.Links.SetUp(netlink.Links.Named("far").Index);
            if (addressed)
            {
                netlink.Addresses.Add(device, Address.Parse("172.30.1.2"), 24);
            }
        }
        var found = Look(() => UnderlayDevice.Look("eth0"));
        Assert.Equal(levels, string.Join(' ', found.Select(one => one.Level.ToString().ToLowerInvariant())));
        Assert.All(found, one => Assert.Equal(one.Level == Level.Ok, one.WayOut is null));
    }

    [Fact]
    public void Without_a_name_the_underlay_is_the_default_route_s()
    {
        Assert.Equal(Level.Fail, Look(() => UnderlayDevice.Look(null)).Single().Level);
        using var netlink = Netlink.Open(netns);
        netlink.Links.AddVeth(new VethEnd("up1"), new VethEnd("far"));
        netlink.Links.SetUp(netlink.Links.Named("far").Index);
        var device = netlink.Links.Named("up1").Index;
        netlink.Addresses.Add(device, Address.Parse("172.30.1.2"), 24);
        netlink.Routes.Add(new Route(new Prefix(Address.V4(0), 0), device, Address.Parse("172.30.1.1")));
        Assert.StartsWith("up1, 172.30.1.2", Look(() => UnderlayDevice.Look(null))[0].Found, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Netns.Delete(netns);
        TestHome.Remove(home);
    }

    private IReadOnlyList<Finding> Look(Func<IReadOnlyList<Finding>> look) => Netns.Run(netns, look);
}
