using Tombolo.Linux;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

public sealed class NetlinkTests : KernelTest
{
    private static readonly Mac MacA = new(0x02_00_00_00_00_0a);
    private static readonly Mac MacB = new(0x02_00_00_00_00_0b);

    private (string A, string B) Pair()
    {
        var (a, b) = (NewNetns("a"), NewNetns("b"));
        using var netlink = Netlink.Open(a);
        using var other = Netns.Open(b);
        netlink.Links.AddVeth(new VethEnd("near", MacA, 1400), new VethEnd("far", MacB, 1400, other));
        return (a, b);
    }

    [Fact]
    public void A_veth_pair_is_made_by_one_message()
    {
        var (a, b) = Pair();
        using var here = Netlink.Open(a);
        using var there = Netlink.Open(b);
        var near = here.Links.Named("near");
        var far = there.Links.Named("far");
        Assert.Equal(("veth", MacA, 1400, true), (near.Kind, near.Mac, near.Mtu, near.IsUp));
        Assert.Equal(("veth", MacB, 1400, false), (far.Kind, far.Mac, far.Mtu, far.IsUp));
        Assert.Equal((far.Index, near.Index), (near.Peer, far.Peer));
        there.Links.SetUp(far.Index);
        Assert.True(there.Links.Find(far.Index)!.Value.IsUp); // found a moment ago
    }

    [Fact]
    public void A_link_is_renamed_and_changed_and_found_again()
    {
        var (a, _) = Pair();
        using var netlink = Netlink.Open(a);
        var index = netlink.Links.Named("near").Index;
        netlink.Links.SetDown(index);
        netlink.Links.Rename(index, "eth0");
        netlink.Links.SetMtu(index, 1300);
        netlink.Links.SetMac(index, MacB);
        netlink.Links.SetAlias(index, "red/pod");
        Assert.Null(netlink.Links.Find("near"));
        var link = netlink.Links.Named("eth0");
        Assert.Equal((index, 1300, MacB, false, "red/pod"), (link.Index, link.Mtu, link.Mac, link.IsUp, link.Alias));
        Assert.Contains(link, netlink.Links.List());
    }

    [Fact]
    public void Many_links_go_at_once_and_their_peers_with_them()
    {
        var (a, b) = (NewNetns("a"), NewNetns("b"));
        using var here = Netlink.Open(a);
        using var there = Netlink.Open(b);
        using var other = Netns.Open(b);
        for (var i = 0; i < 20; i++)
        {
            here.Links.AddVeth(new VethEnd($"v{i}"), new VethEnd($"p{i}", Namespace: other));
        }
        var doomed = here.Links.List().Where(link => link.Kind == "veth").Select(link => link.Index).ToList();
        Assert.Equal(20, doomed.Count);
        here.Links.DeleteAll([.. doomed, 9999]);
        Assert.Single(here.Links.List());
        Assert.Single(there.Links.List());
        Assert.False(here.Links.Delete(doomed[0]));
        here.Links.DeleteAll([]);
    }

    [Theory]
    [InlineData("10.1.0.2", 24)]
    [InlineData("fd10::2", 64)]
    [InlineData("fe80::77", 64)]
    public void An_address_is_added_listed_and_deleted(string text, int length)
    {
        var (a, _) = Pair();
        using var netlink = Netlink.Open(a);
        var link = netlink.Links.Named("near").Index;
        var address = Address.Parse(text);
        netlink.Addresses.Add(link, address, length);
        Assert.Contains(new LinkAddress(link, address, length), netlink.Addresses.List(link));
        var refused = Assert.Throws<LinuxException>(() => netlink.Addresses.Add(link, address, length));
        Assert.StartsWith($"netlink: add address {text}/{length} on link {link}: EEXIST", refused.Message);
        Assert.True(netlink.Addresses.Delete(link, address, length));
        Assert.False(netlink.Addresses.Delete(link, address, length));
        Assert.DoesNotContain(netlink.Addresses.List(link), found => found.Address == address);
    }

    [Theory]
    [InlineData("10.1.0.2", 24, "10.9.0.0/16", "10.1.0.1", false)]
    [InlineData("10.1.0.2", 32, "0.0.0.0/0", "169.254.1.1", true)]
    [InlineData("10.1.0.2", 24, "10.8.0.0/16", null, false)]
    [InlineData("fd10::2", 64, "fd20::/48", "fd10::1", false)]
    [InlineData("fd10::2", 128, "::/0", "fe80::1", true)]
    [InlineData("fd10::2", 64, "fd30::/48", null, false)]
    public void A_route_is_added_listed_replaced_and_deleted(
        string own,
        int length,
        string prefix,
        string? via,
        bool onLink
    )
    {
        var (a, b) = Pair();
        using var netlink = Netlink.Open(a);
        using var there = Netlink.Open(b);
        there.Links.SetUp(there.Links.Named("far").Index);
        var link = netlink.Links.Named("near").Index;
        netlink.Addresses.Add(link, Address.Parse(own), length);
        var route = new Route(Prefix.Parse(prefix), link, via is null ? null : Address.Parse(via), onLink);
        netlink.Routes.Add(route);
        var found = Assert.Single(netlink.Routes.List(), item => item.Prefix == route.Prefix);
        Assert.Equal((route.Link, route.Gateway), (found.Link, found.Gateway));
        var refused = Assert.Throws<LinuxException>(() => netlink.Routes.Add(route));
        Assert.StartsWith($"netlink: add route {route}: EEXIST", refused.Message);
        netlink.Routes.Replace(route);
        Assert.True(netlink.Routes.Delete(route));
        Assert.False(netlink.Routes.Delete(route));
        Assert.DoesNotContain(netlink.Routes.List(), item => item.Prefix == route.Prefix);
    }

    [Theory]
    [InlineData("10.1.0.9")]
    [InlineData("fe80::1")]
    public void A_neighbour_is_set_listed_and_deleted(string text)
    {
        var (a, _) = Pair();
        using var netlink = Netlink.Open(a);
        var link = netlink.Links.Named("near").Index;
        var neighbour = new Neighbour(link, Address.Parse(text), Mac.Gateway);
        netlink.Neighbours.Set(neighbour);
        netlink.Neighbours.Set(neighbour);
        Assert.Contains(neighbour, netlink.Neighbours.List());
        Assert.True(netlink.Neighbours.Delete(link, neighbour.Address));
        Assert.False(netlink.Neighbours.Delete(link, neighbour.Address));
    }

    [Fact]
    public void A_refusal_carries_the_kernels_own_words()
    {
        using var netlink = Netlink.Open(NewNetns("a"));
        var route = new Route(Prefix.Parse("10.9.0.0/16"), 0, Address.Parse("10.1.0.1"));
        var refused = Assert.Throws<LinuxException>(() => netlink.Routes.Add(route));
        Assert.Equal(Errno.ENETUNREACH, refused.Errno);
        Assert.Contains("Nexthop has invalid gateway", refused.Message);
    }

    [Fact]
    public void A_feature_is_switched_off_and_on()
    {
        var (_, b) = Pair();
        using var netlink = Netlink.Open(b);
        using var ethtool = Ethtool.Open(b);
        var link = netlink.Links.Named("far").Index;
        Assert.True(ethtool.HasFeature(link, "tx-udp-segmentation"));
        ethtool.SetFeature(link, "tx-udp-segmentation", on: false);
        Assert.False(ethtool.HasFeature(link, "tx-udp-segmentation"));
        Assert.True(ethtool.HasFeature(link, "tx-tcp-segmentation"));
        ethtool.SetFeature(link, "tx-udp-segmentation", on: true);
        Assert.True(ethtool.HasFeature(link, "tx-udp-segmentation"));
    }
}
