using Tombolo.Agent.Interfaces;
using Tombolo.Linux;
using Tombolo.Values;
using Tombolo.Values.Cni;

namespace Tombolo.Tests.Kernel;

/// <summary>What a node's agent does when the CNI plugin asks.</summary>
public sealed class CniAgentTests : KernelTest
{
    private readonly AgentWorld agent;

    public CniAgentTests()
    {
        Mounts.BpfFs(Path.Combine(Home, "bpf"));
        agent = new AgentWorld(Home, NewNetns("node"));
    }

    public override void Dispose()
    {
        agent.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }

    [Fact]
    public async Task ADD_is_answered_at_once_where_stage_one_is_acknowledged()
    {
        agent.Interface("a", 5);
        await agent.SyncAsync();
        await agent.SettleAsync("a");
        var result = Well(await agent.AskAsync(Request("ADD", "a"))).Result!;
        Assert.Equal(["10.10.0.5/24", "fd10::5/64"], result.Ips!.Select(one => one.Address));
        Assert.Equal(["10.10.0.1", "fe80::1"], result.Routes!.Select(one => one.Gw));
        Assert.Equal(1450, result.Interfaces![1].Mtu);
    }

    [Fact]
    public async Task ADD_waits_for_stage_one_and_for_250_ms_at_most()
    {
        agent.Interface("a", 5);
        agent.Interface("b", 6);
        await agent.SyncAsync();
        var acknowledged = agent.AskAsync(Request("ADD", "a"));
        await agent.PassAsync();
        Assert.False(acknowledged.IsCompleted);
        await agent.SettleAsync("a");
        Well(await acknowledged);

        var never = agent.AskAsync(Request("ADD", "b"));
        await agent.PassAsync();
        agent.Time.Advance(TimeSpan.FromMilliseconds(249));
        await agent.PassAsync();
        Assert.False(never.IsCompleted);
        agent.Time.Advance(TimeSpan.FromMilliseconds(1));
        Well(await never);
    }

    [Fact]
    public async Task ADD_waits_10_s_for_an_interface_that_is_not_known()
    {
        await agent.SyncAsync();
        var late = agent.AskAsync(Request("ADD", "a"));
        var never = agent.AskAsync(Request("ADD", "b"));
        await agent.PassAsync();
        agent.Time.Advance(TimeSpan.FromSeconds(9));
        agent.Interface("a", 5);
        await agent.SyncAsync();
        await agent.SettleAsync("a");
        Well(await late);
        Assert.False(never.IsCompleted);
        agent.Time.Advance(TimeSpan.FromSeconds(2));
        Refused(await never, CniErrorCode.TryAgainLater, "kubectl get networkinterfaces -n red");
    }

    [Fact]
    public async Task ADD_twice_gives_the_same()
    {
        await AttachedAsync("a");
        var link = LinkOf("a")!.Value.Index;
        var again = Well(await agent.AskAsync(Request("ADD", "a"))).Result!;
        Assert.Equal(link, LinkOf("a")!.Value.Index);
        Assert.Equal("10.10.0.5/24", again.Ips![0].Address);
    }

    [Fact]
    public async Task ADD_into_a_namespace_that_is_gone_is_an_unknown_container()
    {
        agent.Interface("a", 5);
        await agent.SyncAsync();
        var request = Request("ADD", "a");
        Netns.Delete(request.Netns);
        Refused(await agent.AskAsync(request), CniErrorCode.UnknownContainer, request.Netns);
    }

    [Fact]
    public async Task DEL_may_come_again_and_for_what_never_was()
    {
        var request = Request("DEL", "a") with { Netns = "" };
        Well(await agent.AskAsync(request));
        await AttachedAsync("a");
        Well(await agent.AskAsync(request));
        Assert.Null(LinkOf("a"));
        Well(await agent.AskAsync(request));
    }

    [Fact]
    public async Task DEL_after_the_namespace_went()
    {
        await AttachedAsync("a");
        Netns.Delete(PodNetns("a"));
        await Wait.UntilAsync(() => LinkOf("a") is null, "the veth goes with its namespace");
        Well(await agent.AskAsync(Request("DEL", "a")));
        Assert.Empty(Directory.GetFiles(Path.Combine(Home, "attachments")));
    }

    [Fact]
    public async Task DEL_ends_an_ADD_that_still_waits()
    {
        await agent.SyncAsync();
        var add = agent.AskAsync(Request("ADD", "a"));
        Well(await agent.AskAsync(Request("DEL", "a")));
        Refused(await add, CniErrorCode.TryAgainLater, "");
        agent.Interface("a", 5);
        await agent.SyncAsync();
        Assert.Null(LinkOf("a"));
    }

    [Fact]
    public async Task CHECK_finds_nothing_where_nothing_changed()
    {
        var result = await AttachedAsync("a");
        Well(await agent.AskAsync(Request("CHECK", "a") with { PrevResult = result }));
    }

    [Fact]
    public async Task CHECK_of_what_is_not_attached() =>
        Refused(await agent.AskAsync(Request("CHECK", "a")), CniErrorCode.UnknownContainer, "");

    [Theory]
    [InlineData("link set eth0 mtu 1400", "eth0 has MTU 1400, not 1450")]
    [InlineData("link set eth0 address 02:00:00:00:00:77", "eth0 has MAC 02:00:00:00:00:77, not 02:00:00:00:01:05")]
    [InlineData("link set eth0 down", "eth0 is down")]
    [InlineData("address delete 10.10.0.5/24 dev eth0", "eth0 has no address 10.10.0.5/24")]
    [InlineData("address delete fd10::5/64 dev eth0", "eth0 has no address fd10::5/64")]
    [InlineData("route delete default", "eth0 has no route 0.0.0.0/0 via 10.10.0.1")]
    [InlineData("-6 route delete default", "eth0 has no route ::/0 via fe80::1")]
    [InlineData("link delete eth0", "the node has no link")]
    public async Task CHECK_says_what_differs_in_the_pod(string change, string difference)
    {
        var result = await AttachedAsync("a");
        Exec(PodNetns("a"), "ip", change.Split(' '));
        Refused(
            await agent.AskAsync(Request("CHECK", "a") with { PrevResult = result }),
            CniErrorCode.Differs,
            difference
        );
    }

    [Theory]
    [InlineData("interfaces")]
    [InlineData("hosts")]
    [InlineData("labels")]
    [InlineData("spoof")]
    public async Task CHECK_says_what_the_maps_do_not_hold(string map)
    {
        var result = await AttachedAsync("a");
        Empty(map);
        Refused(
            await agent.AskAsync(Request("CHECK", "a") with { PrevResult = result }),
            CniErrorCode.Differs,
            $"map {map} has no entry for"
        );
    }

    [Fact]
    public async Task CHECK_says_that_the_programs_are_gone()
    {
        var result = await AttachedAsync("a");
        foreach (var pin in Directory.GetFiles(Path.Combine(PinsNow(), "links"), $"{LinkOf("a")!.Value.Index}-*"))
        {
            File.Delete(pin);
        }
        Refused(
            await agent.AskAsync(Request("CHECK", "a") with { PrevResult = result }),
            CniErrorCode.Differs,
            "the programs are not on link"
        );
    }

    [Fact]
    public async Task CHECK_compares_with_what_ADD_gave()
    {
        var result = await AttachedAsync("a");
        var other = result with { Ips = [result.Ips![0] with { Address = "10.10.0.77/24" }, result.Ips[1]] };
        Refused(
            await agent.AskAsync(Request("CHECK", "a") with { PrevResult = other }),
            CniErrorCode.Differs,
            "prevResult does not give eth0 the address 10.10.0.5/24"
        );
    }

    [Fact]
    public async Task GC_takes_away_what_the_runtime_does_not_have()
    {
        await AttachedAsync("a");
        await AttachedAsync("b", 6);
        await AttachedAsync("c", 7, "other");
        using (var node = Netlink.Open(agent.Netns))
        {
            node.Links.AddVeth(new VethEnd("tb0123456789ab"), new VethEnd("stray")); // of an ADD that was cut off
        }
        var gc = Request("GC", "") with { Valid = [new CniAttachmentKey("container-a", "eth0")] };
        Well(await agent.AskAsync(gc));
        Assert.NotNull(LinkOf("a"));
        Assert.Null(LinkOf("b"));
        Assert.NotNull(LinkOf("c"));
        using (var node = Netlink.Open(agent.Netns))
        {
            Assert.Null(node.Links.Find("tb0123456789ab"));
            Assert.NotNull(node.Links.Find("eth0"));
        }
        Well(await agent.AskAsync(gc));
    }

    [Fact]
    public async Task STATUS_is_50_before_sync_and_51_without_a_route_server()
    {
        var status = Request("STATUS", "");
        Refused(await agent.AskAsync(status), CniErrorCode.NotAvailable, "");
        await agent.SyncAsync();
        Well(await agent.AskAsync(status));
        await agent.LoseAsync();
        Refused(await agent.AskAsync(status), CniErrorCode.LimitedConnectivity, "no route server");
        await agent.SyncAsync();
        Well(await agent.AskAsync(status));
    }

    private async Task<CniResult> AttachedAsync(string pod, int number = 5, string network = "tombolo")
    {
        agent.Interface(pod, number);
        await agent.SyncAsync();
        await agent.SettleAsync(pod);
        return Well(await agent.AskAsync(Request("ADD", pod) with { Network = network })).Result!;
    }

    private CniRequest Request(string command, string pod) =>
        new(
            command,
            "1.1.0",
            $"container-{pod}",
            command == "ADD" && !File.Exists(PodNetns(pod)) ? NewNetns($"pod-{pod}") : PodNetns(pod),
            "eth0",
            "red",
            pod,
            $"pod {pod}",
            "tombolo"
        );

    private string PodNetns(string pod) => Path.Combine(Home, $"pod-{pod}");

    private string PinsNow() => Directory.GetDirectories(agent.Options.Pins).Single();

    private void Empty(string map)
    {
        var pin = Path.Combine(PinsNow(), "maps", map);
        var keys = Exec(agent.Netns, "bpftool", "-j", "map", "dump", "pinned", pin);
        foreach (var entry in System.Text.Json.Nodes.JsonNode.Parse(keys)!.AsArray())
        {
            var octets = entry!["key"]!.AsArray().Select(octet => octet!.ToString());
            Exec(agent.Netns, "bpftool", ["map", "delete", "pinned", pin, "key", .. octets]);
        }
    }

    private Link? LinkOf(string pod)
    {
        using var node = Netlink.Open(agent.Netns);
        return node.Links.Find(PodLink.NameOf($"container-{pod}", "eth0"));
    }

    private static CniAnswer Well(CniAnswer answer)
    {
        Assert.Null(answer.Error);
        return answer;
    }

    private static void Refused(CniAnswer answer, int code, string details)
    {
        Assert.Equal(code, answer.Error?.Code);
        Assert.Contains(details, answer.Error!.Details ?? "");
    }
}
