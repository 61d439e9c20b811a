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

    public static Task RunAsync(LabUnderTest lab) =>
        Wait.UntilAsync(
            () => lab.Phase("talk", "a") == "Running" && lab.Phase("talk", "b") == "Running",
            "both pods run",
            LabUnderTest.Minutes
        );

    public static Traffic Talk4(LabUnderTest lab) => Talk(lab, "10.7.0.10", "10.7.0.11");

    public static Traffic Talk6(LabUnderTest lab) => Talk(lab, "fd07::10", "fd07::11");

    private static Traffic Talk(LabUnderTest lab, string a, string b) =>
        new((lab.NetnsOf("talk", "a"), a), (lab.NetnsOf("talk", "b"), b));
}
