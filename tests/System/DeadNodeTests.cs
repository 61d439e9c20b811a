namespace Tombolo.Tests.SystemTests;

/// <summary>A node that nobody hears of any more, and its return.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class DeadNodeTests : IDisposable
{
    private readonly LabUnderTest lab = new("d");

    [Fact]
    public async Task Its_routes_are_withdrawn_after_NotReady_and_come_back_with_it()
    {
        await TalkingPods.UpAsync(lab);
        await ModelOfNodes.AssertHeldAsync(lab);
        var whole = ModelOfNodes.Held(lab, "node-1");
        var far = whole.Where(line => line.Contains(" vxlan ")).ToList();
        Assert.Equal(2, far.Count);

        Cable("down");
        // Silence alone withdraws nothing: an agent that restarts is silent too.
        while (true)
        {
            var held = ModelOfNodes.Held(lab, "node-1");
            if (ReadyOf("node-2") != "True")
            {
                break;
            }
            Assert.Superset(far.ToHashSet(), held);
        }
        await Wait.UntilAsync(
            () => !ModelOfNodes.Held(lab, "node-1").Any(line => line.Contains(" vxlan ")),
            "its routes are withdrawn",
            15
        );

        Cable("up");
        await Wait.UntilAsync(
            () => ModelOfNodes.Held(lab, "node-1").SetEquals(whole),
            "its routes are back",
            LabUnderTest.Minutes
        );
        using var talk = await TalkingPods.TalkAsync(lab);
    }

    private string ReadyOf(string node) =>
        lab.Kubectl("get", "node", node, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}");

    /// <summary>Pulls or plugs the cable of node-2, at the router's end.</summary>
    private void Cable(string state) =>
        Assert.Equal(
            0,
            Machine.RunWith([], "nsenter", $"--net={lab.Place.Router}", "ip", "link", "set", "node-2", state).Code
        );

    public void Dispose() => lab.Dispose();
}
