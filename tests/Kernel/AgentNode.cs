using Tombolo.Agent;
using Tombolo.Linux;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>A namespace as an agent finds its node: an underlay with an address. And how an agent of it runs.</summary>
internal static class AgentNode
{
    public static AgentOptions Make(string home, string netns, int hostRoutes)
    {
        using (var links = Netlink.Open(netns))
        {
            links.Links.AddVeth(new VethEnd("eth0"), new VethEnd("far"));
            links.Addresses.Add(links.Links.Named("eth0").Index, Address.Parse("172.30.1.2"), 24);
        }
        return new AgentOptions(
            "node-1",
            1,
            "",
            [],
            "eth0",
            Path.Combine(home, "bpf", "node"),
            home,
            Path.Combine(home, "agent.sock"),
            BpfBuild.Object,
            hostRoutes,
            OtherEntries: 256
        );
    }
}
