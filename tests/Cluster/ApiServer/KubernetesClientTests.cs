using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>The C# client that the product uses, against this server.</summary>
public class KubernetesClientTests(TestServer server) : IClassFixture<TestServer>
{
    private Kubernetes Client() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.KubeconfigPath));

    [Fact]
    public async Task Objects_go_there_and_back_typed()
    {
        using var client = Client();
        var cancel = TestContext.Current.CancellationToken;
        var space = await server.MakeNamespaceAsync();
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Spec = new V1PodSpec
            {
                Containers =
                [
                    new V1Container
                    {
                        Name = "c",
                        Image = "i",
                        Resources = new()
                        {
                            Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("100m") },
                        },
                    },
                ],
            },
        };
        var made = await client.CoreV1.CreateNamespacedPodAsync(pod, space, cancellationToken: cancel);
        Assert.Equal("Pending", made.Status.Phase);
        Assert.Equal("100m", made.Spec.Containers[0].Resources.Requests["cpu"].ToString());
        made.Metadata.Labels = new Dictionary<string, string> { ["x"] = "1" };
        var replaced = await client.CoreV1.ReplaceNamespacedPodAsync(made, "p", space, cancellationToken: cancel);
        Assert.Equal("1", replaced.Metadata.Labels["x"]);
        var error = await Assert.ThrowsAsync<HttpOperationException>(() =>
            client.CoreV1.ReplaceNamespacedPodAsync(made, "p", space, cancellationToken: cancel)
        );
        Assert.Equal(System.Net.HttpStatusCode.Conflict, error.Response.StatusCode);
        var patch = new V1Patch(
            """{"status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}]}}""",
            V1Patch.PatchType.StrategicMergePatch
        );
        var running = await client.CoreV1.PatchNamespacedPodStatusAsync(patch, "p", space, cancellationToken: cancel);
        Assert.Equal("10.0.0.1", running.Status.PodIP);
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta { Name = "l" },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = "me",
                RenewTime = DateTime.UtcNow,
                LeaseDurationSeconds = 10,
            },
        };
        var held = await client.CoordinationV1.CreateNamespacedLeaseAsync(lease, space, cancellationToken: cancel);
        Assert.Equal("me", held.Spec.HolderIdentity);
        await client.CoreV1.DeleteNamespacedPodAsync("p", space, cancellationToken: cancel);
        var list = await client.CoreV1.ListNamespacedPodAsync(space, cancellationToken: cancel);
        Assert.Empty(list.Items);
        Assert.NotEmpty(list.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_list_is_watched_on_from_its_version()
    {
        using var client = Client();
        var cancel = TestContext.Current.CancellationToken;
        var space = await server.MakeNamespaceAsync();
        var list = await client.CoreV1.ListNamespacedSecretAsync(space, cancellationToken: cancel);
        var seen = new List<string>();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ends.CancelAfter(TimeSpan.FromSeconds(20));
        var watching = Task.Run(
            async () =>
            {
                var watch = client.CoreV1.WatchListNamespacedSecretAsync(
                    space,
                    resourceVersion: list.ResourceVersion(),
                    cancellationToken: ends.Token
                );
                await foreach (var (type, item) in watch)
                {
                    seen.Add($"{type} {item.Name()}");
                    if (type == WatchEventType.Deleted)
                    {
                        return;
                    }
                }
            },
            cancel
        );
        await client.CoreV1.CreateNamespacedSecretAsync(
            new V1Secret
            {
                Metadata = new() { Name = "a" },
                StringData = new Dictionary<string, string> { ["k"] = "v" },
            },
            space,
            cancellationToken: cancel
        );
        var secret = await client.CoreV1.ReadNamespacedSecretAsync("a", space, cancellationToken: cancel);
        Assert.Equal("v"u8.ToArray(), secret.Data["k"]);
        await client.CoreV1.PatchNamespacedSecretAsync(
            new V1Patch("""{"metadata":{"labels":{"x":"1"}}}""", V1Patch.PatchType.MergePatch),
            "a",
            space,
            cancellationToken: cancel
        );
        await client.CoreV1.DeleteNamespacedSecretAsync("a", space, cancellationToken: cancel);
        await watching;
        Assert.Equal(["Added a", "Modified a", "Deleted a"], seen);
    }

    [Fact]
    public async Task Custom_objects_are_reached_by_the_generic_client()
    {
        using var client = Client();
        var cancel = TestContext.Current.CancellationToken;
        var definition = new V1CustomResourceDefinition
        {
            Metadata = new() { Name = "gadgets.client.example.com" },
            Spec = new()
            {
                Group = "client.example.com",
                Scope = "Cluster",
                Names = new() { Kind = "Gadget", Plural = "gadgets" },
                Versions =
                [
                    new()
                    {
                        Name = "v1",
                        Served = true,
                        Storage = true,
                        Schema = new()
                        {
                            OpenAPIV3Schema = new()
                            {
                                Type = "object",
                                Properties = new Dictionary<string, V1JSONSchemaProps>
                                {
                                    ["size"] = new() { Type = "integer", Minimum = 1 },
                                },
                            },
                        },
                    },
                ],
            },
        };
        await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(definition, cancellationToken: cancel);
        var body = new Dictionary<string, object>
        {
            ["apiVersion"] = "client.example.com/v1",
            ["kind"] = "Gadget",
            ["metadata"] = new V1ObjectMeta { Name = "g" },
            ["size"] = 1,
        };
        await client.CustomObjects.CreateClusterCustomObjectAsync(
            body,
            "client.example.com",
            "v1",
            "gadgets",
            cancellationToken: cancel
        );
        body["size"] = 0;
        var error = await Assert.ThrowsAsync<HttpOperationException>(() =>
            client.CustomObjects.CreateClusterCustomObjectAsync(
                body,
                "client.example.com",
                "v1",
                "gadgets",
                cancellationToken: cancel
            )
        );
        Assert.Contains("size in body should be greater than or equal to 1", error.Response.Content);
    }
}
