using System.Net;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Api.Schema;
using Tombolo.Controller;
using Tombolo.Controller.Ipam;
using Tombolo.Kube;
using Tombolo.Tests.Cluster.ApiServer;

namespace Tombolo.Tests.Ipam;

/// <summary>Two controllers that both believe they lead, on one real API server, with every pod given to both at once.</summary>
public sealed class TwoLeadersTests : IAsyncLifetime
{
    private const int Pods = 120; // of the 125 addresses that a /25 has to give
    private readonly TestServer server = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<KubeApi> apis = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        foreach (var kind in CustomResourceDefinition.Kinds)
        {
            var json = CustomResourceDefinition.Of(kind).ToJsonString();
            using var crd = new StringContent(json, Encoding.UTF8, "application/json");
            var path = new Uri("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative);
            Assert.Equal(HttpStatusCode.Created, (await server.Client.PostAsync(path, crd, Cancel)).StatusCode);
        }
        apis.AddRange(Enumerable.Range(0, 3).Select(_ => KubeApi.From(server.KubeconfigPath)));
    }

    [Fact]
    public async Task Never_grant_an_address_twice()
    {
        var api = apis[2];
        var leaders = apis.Take(2)
            .Select((one, i) => new ControllerRole(one, $"c{i}", NullLogger.Instance).LeadAsync(stop.Token))
            .ToList();
        await api.CreateAsync(
            new Subnet
            {
                Metadata = Named("narrow"),
                Spec = new SubnetSpec { Cidr = "10.0.0.0/25" },
            },
            Cancel
        );
        await api.CreateAsync(
            new VirtualNetwork
            {
                Metadata = Named("net"),
                Spec = new VirtualNetworkSpec { Subnets = [new Reference { Name = "narrow" }] },
            },
            Cancel
        );
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Pods),
            Cancel,
            async (i, cancel) => await api.CreateAsync(PodOf(i), cancel)
        );

        IReadOnlyList<NetworkInterface> made = [];
        await Wait.UntilAsync(
            async () =>
                (made = (await api.ListAsync<NetworkInterface>(null, null, Cancel)).Items.ToList()).Count == Pods,
            $"{Pods} interfaces",
            120
        );
        Assert.Equal(Pods, made.SelectMany(one => one.Spec.Addresses).Distinct().Count());
        Assert.Equal(Pods, made.SelectMany(one => one.Spec.SystemAddresses ?? []).Distinct().Count());
        // What an interface says that it has, a block says that it holds for it: nobody else can be given it.
        var blocks = (await api.ListAsync<AddressBlock>(null, null, Cancel)).Items.ToList();
        foreach (var one in made)
        {
            Assert.All(
                one.Spec.Addresses.Concat(one.Spec.SystemAddresses ?? []),
                address =>
                {
                    var parsed = Values.Address.Parse(address);
                    var first = BlockPlan.FirstOf(parsed).ToString();
                    var entry = BlockPlan.EntryOf(blocks.Single(block => block.Spec.First == first), parsed);
                    Assert.Equal(one.ObjectName().ToString(), entry?.Interface);
                    Assert.Null(entry!.Released);
                }
            );
        }
        Assert.DoesNotContain(leaders, leader => leader.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(leaders));
    }

    private static V1ObjectMeta Named(string name) => new() { Name = name, NamespaceProperty = "default" };

    private static V1Pod PodOf(int number)
    {
        var meta = Named($"p{number}");
        meta.Annotations = new Dictionary<string, string> { [Names.Network] = "net" };
        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = meta,
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "none" }] },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        apis.ForEach(api => api.Dispose());
        stop.Dispose();
        await server.DisposeAsync();
    }
}
