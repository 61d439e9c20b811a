using Tombolo.RouteServer.Streams;
using Tombolo.Stream;

namespace Tombolo.Tests.RouteServerModel;

/// <summary>When an interface's own node is told that the nodes interested know of it.</summary>
public sealed class StageOneTests : IAsyncLifetime
{
    private readonly ModelWorld world = new();
    private NodeSession here = null!; // set before each test
    private NodeSession there = null!;

    public async ValueTask InitializeAsync()
    {
        here = world.Connect("node-1", "172.30.0.1");
        there = world.Connect("node-2", "172.30.0.2");
        var far = world.Pod("far", "node-2", "10.10.0.9");
        world.Report(there, far, InterfaceState.Up, 17);
        await world.ToldAsync(there, far, up: true);
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Once_all_that_are_interested_hold_the_bound_interface()
    {
        world.Hold(there);
        var uid = await BoundAsync("a", "10.10.0.5", 16);
        Assert.Empty(world.StageOnes(here, uid));
        world.Release(there);
        Assert.Empty((await SettledAsync(uid)).Missing);
    }

    [Fact]
    public async Task Also_if_it_is_up_before_they_said_so()
    {
        world.Hold(there);
        var uid = await BoundAsync("a", "10.10.0.5", 16);
        world.Report(here, uid, InterfaceState.Up, 16);
        await world.ToldAsync(there, uid, up: true);
        Assert.Empty(world.StageOnes(here, uid));
        world.Release(there);
        Assert.Empty((await SettledAsync(uid)).Missing);
    }

    [Fact]
    public async Task A_node_without_an_agent_is_named_and_not_waited_for()
    {
        world.Hold(there);
        world.Disconnect(there);
        world.Report(here, world.Pod("a", "node-1", "10.10.0.5"), InterfaceState.Bound, 16);
        Assert.Equal("node-2", Assert.Single((await SettledAsync("uid red/a-eth0")).Missing));
    }

    [Fact]
    public async Task A_node_that_lags_is_waited_for_once_and_then_no_more()
    {
        world.Hold(there);
        var first = await BoundAsync("a", "10.10.0.5", 16);
        world.Time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Empty(world.StageOnes(here, first));
        world.Time.Advance(TimeSpan.FromMilliseconds(1200)); // past the second, and the model's tick after it
        Assert.Equal("node-2", Assert.Single((await SettledAsync(first)).Missing));
        var second = await BoundAsync("b", "10.10.0.6", 18);
        Assert.Equal("node-2", Assert.Single((await SettledAsync(second)).Missing));
    }

    private async Task<string> BoundAsync(string pod, string address, uint label)
    {
        var uid = world.Pod(pod, "node-1", address);
        world.Report(here, uid, InterfaceState.Bound, label);
        await world.ToldAsync(there, uid, up: false);
        return uid;
    }

    private async Task<StageOne> SettledAsync(string uid)
    {
        await Wait.UntilAsync(() => world.StageOnes(here, uid).Count > 0, "StageOne");
        var stage = world.StageOnes(here, uid)[^1];
        Assert.True(stage.Settled);
        return stage;
    }
}
