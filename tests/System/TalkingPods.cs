namespace Tombolo.Tests.SystemTests;

/// <summary>Two pods of one network, a on node-1 and b on node-2, and datagrams between them.</summary>
internal static class TalkingPods
{
    public const string Yaml = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: talk}
        ---
        apiVersion: net.tombolo.dev/v1alpha1
        kind: Subnet
        metadata: {name: v4, namespace: talk}
        spec: {cidr: 10.7.0.0/16}
        ---
        apiVersion: net.tombolo.dev/v1alpha1
        kind: Subnet
        metadata: {name: v6, namespace: talk}
        spec: {cidr: "fd07::/64"}
        ---
        apiVersion: net.tombolo.dev/v1alpha1
        kind: VirtualNetwork
        metadata: {name: talk, namespace: talk}
        spec: {subnets: [{name: v4}, {name: v6}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: a
          namespace: talk
          annotations: {net.tombolo.dev/network: talk, net.tombolo.dev/addresses: "10.7.0.10,fd07::10"}
        spec: {nodeName: node-1, containers: [{name: echo, image: lab/echo}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: b
          namespace: talk
          annotations: {net.tombolo.dev/network: talk, net.tombolo.dev/addresses: "10.7.0.11,fd07::11"}
        spec: {nodeName: node-2, containers: [{name: echo, image: lab/echo}]}
        """;

    /// <summary>A lab of two nodes with nothing but the two pods, running.</summary>
    public static async Task UpAsync(LabUnderTest lab)
    {
        lab.Up("--nodes", "2", "--empty");
        lab.Apply(Yaml);
        await Wait.UntilAsync(
            () => lab.Phase("talk", "a") == "Running" && lab.Phase("talk", "b") == "Running",
            "both pods run",
            LabUnderTest.Minutes
        );
    }

    /// <summary>Begins datagrams both ways in both families, and gives them once they flow.</summary>
    public static async Task<Talk> TalkAsync(LabUnderTest lab)
    {
        var talk = new Talk(Between(lab, "10.7.0.10", "10.7.0.11"), Between(lab, "fd07::10", "fd07::11"));
        await Wait.UntilAsync(() => talk.Four.Flows && talk.Six.Flows, "datagrams flow", LabUnderTest.Minutes);
        return talk;
    }

    private static Traffic Between(LabUnderTest lab, string a, string b) =>
        new((lab.NetnsOf("talk", "a"), a), (lab.NetnsOf("talk", "b"), b));

    /// <summary>What the two say to each other, in IPv4 and IPv6.</summary>
    internal sealed record Talk(Traffic Four, Traffic Six) : IDisposable
    {
        public async Task AssertNothingLostAsync()
        {
            await Four.AssertNothingLostAsync();
            await Six.AssertNothingLostAsync();
        }

        public void Dispose()
        {
            Four.Dispose();
            Six.Dispose();
        }
    }
}
