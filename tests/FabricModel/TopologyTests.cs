using CsCheck;
using Tombolo.Tests.Topology;
using Whole = Tombolo.Tests.Topology.Topology;

namespace Tombolo.Tests.FabricModel;

/// <summary>The model against the oracle, which another hand wrote from the sentences alone.</summary>
public class TopologyTests
{
    [Fact]
    public void The_model_reaches_whom_the_oracle_says() =>
        RandomTopology.Any.Sample(
            topology =>
            {
                var model = new ModelOfTopology(topology);
                foreach (var pod in topology.Pods)
                {
                    var name = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
                    Assert.Equal((name, Oracle.NetworkOf(topology, pod)), (name, model.NetworkOf(name)));
                }
                Assert.Equal(Oracle.Reaches(topology), model.Reaches());
            },
            iter: 2000
        );

    // Static routes and allowed prefixes lead where no pod answers: reach does not show them.
    [Fact]
    public void The_model_leads_where_the_oracle_says() =>
        RandomTopology.Any.Sample(
            topology =>
            {
                var model = new ModelOfTopology(topology);
                foreach (var pod in topology.Pods)
                {
                    var name = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
                    foreach (var address in Asked(topology).Except(topology.Addresses.GetValueOrDefault(name) ?? []))
                    {
                        var expected = Oracle.Leads(topology, pod, address);
                        if (expected != name) // what would come back to its sender goes nowhere: both are right
                        {
                            Assert.Equal((name, address, expected), (name, address, model.Leads(name, address)));
                        }
                    }
                }
            },
            iter: 300
        );

    // Every pod's, and one in each prefix that anybody names.
    private static IEnumerable<string> Asked(Whole topology) =>
        topology
            .Addresses.Values.SelectMany(all => all)
            .Concat(topology.Networks.SelectMany(one => one.Spec.Routes ?? []).Select(route => Within(route.Prefix)))
            .Concat(topology.Networks.SelectMany(one => one.Spec.AllowedPrefixes ?? []).Select(Within))
            .Append("192.0.2.1")
            .Distinct();

    private static string Within(string prefix) => Values.Prefix.Parse(prefix).Last.ToString();
}
