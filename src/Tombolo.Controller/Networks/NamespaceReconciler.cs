using System.Collections.Concurrent;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>A Namespace: an isolated one gets its two networks, one that no longer is loses them when its last pod has left them.</summary>
internal sealed class NamespaceReconciler(KubeApi api, Watched watched, EventRecorder events)
{
    private readonly ConcurrentDictionary<string, string> told = new();

    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        var space = watched.Namespaces.Find(null, name.Name);
        if (space is null || space.Metadata.DeletionTimestamp is not null)
        {
            told.TryRemove(name.Name, out _);
            return null; // what is in it goes with it
        }
        var isolated = Isolation.IsIsolated(space, watched.Config);
        foreach (
            var (network, like) in new[]
            {
                (Isolation.PodsOf(name.Name), Names.DefaultNetwork),
                (Isolation.ServicesOf(name.Name), Names.ServicesNetwork),
            }
        )
        {
            await (isolated ? EnsureAsync(space, network, like, cancel) : RemoveAsync(network, cancel));
        }
        await TellAsync(space, cancel);
        return null;
    }

    private async Task EnsureAsync(V1Namespace space, ObjectName name, ObjectName like, CancellationToken cancel)
    {
        if (watched.Networks.Find(name.Namespace, name.Name) is { } found)
        {
            if (!IsOurs(found))
            {
                await events.WarningAsync(
                    space,
                    "NetworkNameTaken",
                    $"VirtualNetwork {name} is not of the isolated namespace: its label {Names.Isolated} is not \"true\"; rename it",
                    cancel
                );
            }
            return;
        }
        var cidrs = like == Names.DefaultNetwork ? watched.Config.PodNetwork : watched.Config.ServiceNetwork;
        try
        {
            await api.CreateAsync(
                new VirtualNetwork
                {
                    Metadata = new V1ObjectMeta
                    {
                        Name = name.Name,
                        NamespaceProperty = name.Namespace,
                        Labels = new Dictionary<string, string> { [Names.Isolated] = "true" },
                    },
                    Spec = new VirtualNetworkSpec
                    {
                        // Shared with the default networks: no two pods of them hold one address, so they can be joined later.
                        Subnets =
                        [
                            .. Defaults
                                .SubnetsOf(like, cidrs)
                                .Select(subnet => new Reference
                                {
                                    Name = subnet.Name.Name,
                                    Namespace = subnet.Name.Namespace,
                                }),
                        ],
                    },
                },
                cancel
            );
        }
        catch (KubeException refused) when (refused.AlreadyExists)
        {
            // The watch will show it.
        }
    }

    private async Task RemoveAsync(ObjectName name, CancellationToken cancel)
    {
        if (
            watched.Networks.Find(name.Namespace, name.Name) is { Metadata.DeletionTimestamp: null } found
            && IsOurs(found)
        )
        {
            await api.DeleteAsync<VirtualNetwork>(name.Namespace, name.Name, found.Metadata.Uid, cancel);
        }
    }

    private static bool IsOurs(VirtualNetwork network) =>
        network.Metadata.Labels?.TryGetValue(Names.Isolated, out var made) == true && made == "true";

    // A pod's network is decided when it is made: those of before stay where they are until they are made again.
    private async Task TellAsync(V1Namespace space, CancellationToken cancel)
    {
        var pods = watched.ElsewhereThanMeant(space);
        var message =
            pods.Count == 0
                ? ""
                : $"{pods.Count} pods are in another network than new ones until they are restarted: {Few(pods)}";
        if (message.Length > 0 && told.GetValueOrDefault(space.Metadata.Name) != message)
        {
            await events.WarningAsync(space, "PodsMustRestart", message, cancel);
        }
        told[space.Metadata.Name] = message;
    }

    private static string Few(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(10)) + (names.Count > 10 ? $" and {names.Count - 10} more" : "");
}
