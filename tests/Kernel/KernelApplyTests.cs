using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Tombolo.Agent;
using Tombolo.Agent.Node;
using Tombolo.Linux;
using Tombolo.Stream;
using Tombolo.Values;
using AgentKernel = Tombolo.Agent.Node.Kernel;
using Prefix = Tombolo.Stream.Prefix;
using Route = Tombolo.Stream.Route;

namespace Tombolo.Tests.Kernel;

/// <summary>What an agent may acknowledge: what its kernel holds.</summary>
public sealed class KernelApplyTests : KernelTest
{
    public KernelApplyTests() => Mounts.BpfFs(System.IO.Path.Combine(Home, "bpf"));

    [Fact]
    public void A_full_map_is_an_error_until_it_has_room_again() =>
        InNode(kernel =>
        {
            Assert.Null(kernel.Apply(State(4), []).Error);
            Assert.Contains("hosts", kernel.Apply(State(50), []).Error);
            Assert.Null(kernel.Apply(State(4), []).Error);
        });

    private void InNode(Action<AgentKernel> body)
    {
        var netns = NewNetns("node");
        var options = AgentNode.Make(Home, netns, hostRoutes: 16);
        Netns.Run(
            netns,
            () =>
            {
                using var kernel = new AgentKernel(options, NullLogger.Instance);
                body(kernel);
            }
        );
    }

    private static NodeState State(int routes)
    {
        var entries = new List<Entry>
        {
            new()
            {
                Vrf = new Vrf { Name = "red/net", Index = 1 },
            },
            new()
            {
                Tunnel = new Tunnel
                {
                    Cluster = 1,
                    Node = "node-2",
                    Addresses = { Octets("172.30.2.2") },
                },
            },
        };
        for (var i = 1; i <= routes; i++)
        {
            var route = new Route
            {
                Vrf = "red/net",
                Prefix = new Prefix { Address = Octets($"10.10.0.{i}"), Length = 32 },
            };
            route.Paths.Add(
                new Tombolo.Stream.Path
                {
                    Cluster = 1,
                    Node = "node-2",
                    Label = (uint)(16 + i),
                    Up = true,
                    Interface = new Empty(),
                }
            );
            entries.Add(new Entry { Route = route });
        }
        return new NodeState(entries);
    }

    private static ByteString Octets(string address) => ByteString.CopyFrom(Address.Parse(address).ToArray());
}
