namespace Tombolo.Tests.SystemTests;

/// <summary>The encapsulation of a live system is changed under traffic.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class EncapsulationTests : IDisposable
{
    private readonly LabUnderTest lab = new("e");

    [Fact]
    public async Task Changes_live_and_nothing_is_lost()
    {
        await TalkingPods.UpAsync(lab);
        using var talk = await TalkingPods.TalkAsync(lab);

        foreach (
            var (names, word) in (IReadOnlyList<(string, string)>)
                [("\"MPLSinUDP\",\"VXLAN\"", "mpls-udp"), ("\"VXLAN\"", "vxlan"), ("\"MPLSinUDP\"", "mpls-udp")]
        )
        {
            lab.Kubectl(
                "patch",
                "fc/default",
                "--type=merge",
                "-p",
                $$$"""{"spec":{"encapsulations":[{{{names}}}]}}"""
            );
            foreach (var node in lab.Nodes)
            {
                await Wait.UntilAsync(
                    () => RemoteRoutes(node) is [_, ..] routes && routes.TrueForAll(route => route.Contains(word)),
                    $"{node} sends by {word}",
                    LabUnderTest.Minutes
                );
            }
        }
        await talk.AssertNothingLostAsync();
    }

    private List<string> RemoteRoutes(string node) =>
        [.. ModelOfNodes.Held(lab, node).Where(line => line.Contains(" label ") && !line.StartsWith("label"))];

    public void Dispose() => lab.Dispose();
}
