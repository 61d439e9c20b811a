using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Interfaces;
using Tombolo.Controller.Networks;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller;

/// <content>What a change makes worth looking at again.</content>
public sealed partial class ControllerRole
{
    private static void Route(Watched watched, WorkQueue<Key> queue, PodReconciler pods)
    {
        void Again() // pods that wait for a network may have it now
        {
            foreach (var pod in pods.Waiting)
            {
                queue.Add(new Key(What.Pod, pod));
            }
        }
        void UsersOf(ObjectName subnet)
        {
            NetworksOf(network =>
                network.Spec.Subnets?.Any(reference => reference.In(network.Metadata.NamespaceProperty) == subnet)
                == true
            );
        }
        void RoutersOf(string space, Func<VirtualNetworkRouter, bool> which)
        {
            foreach (
                var router in watched.Routers.Items.Where(router =>
                    router.Metadata.NamespaceProperty == space && which(router)
                )
            )
            {
                queue.Add(new Key(What.Router, router.ObjectName()));
            }
        }
        void NetworksOf(Func<VirtualNetwork, bool> which)
        {
            foreach (var network in watched.Networks.Items.Where(which))
            {
                queue.Add(new Key(What.Network, network.ObjectName()));
            }
        }
        watched.Networks.Changed += (old, now) =>
        {
            var network = (now ?? old)!;
            queue.Add(new Key(What.Network, network.ObjectName()));
            RoutersOf(network.Metadata.NamespaceProperty, _ => true);
            if (network.Metadata.Labels?.ContainsKey(Names.Isolated) == true)
            {
                // One that was taken away by hand comes back.
                queue.Add(new Key(What.Namespace, new ObjectName("", network.Metadata.NamespaceProperty)));
            }
            Again();
        };
        watched.Routers.Changed += (old, now) =>
        {
            queue.Add(new Key(What.Router, (now ?? old)!.ObjectName()));
            foreach (var router in new[] { old, now }.OfType<VirtualNetworkRouter>())
            {
                foreach (var near in RouterReconciler.Near(watched, router))
                {
                    queue.Add(new Key(What.Router, near));
                }
            }
        };
        watched.Grants.Changed += (old, now) =>
        {
            queue.Add(new Key(What.Grant, (now ?? old)!.ObjectName()));
            NetworksOf(network => network.Spec is { RouteTargets: not null } or { Vni: not null });
            Again();
        };
        watched.Subnets.Changed += (old, now) =>
        {
            var name = (now ?? old)!.ObjectName();
            queue.Add(new Key(What.Subnet, name));
            UsersOf(name);
            Again();
        };
        watched.Namespaces.Changed += (old, now) =>
        {
            var space = (now ?? old)!.Metadata.Name;
            queue.Add(new Key(What.Namespace, new ObjectName("", space)));
            NetworksOf(network => network.Metadata.NamespaceProperty == space);
            foreach (var router in watched.Routers.Items.Where(SelectsNamespaces))
            {
                queue.Add(new Key(What.Router, router.ObjectName()));
            }
            Again();
        };
        watched.Pods.Changed += (old, now) =>
        {
            var pod = (now ?? old)!;
            var name = new ObjectName(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            queue.Add(new Key(What.Pod, name));
            if (now is null || now.Status?.Phase is "Succeeded" or "Failed")
            {
                foreach (
                    var item in watched.Interfaces.Items.Where(item =>
                        item.Metadata.NamespaceProperty == name.Namespace && item.Spec.Pod.Name == name.Name
                    )
                )
                {
                    queue.Add(new Key(What.Interface, item.ObjectName()));
                }
            }
        };
        watched.Interfaces.Changed += (old, now) =>
        {
            var item = (now ?? old)!;
            queue.Add(new Key(What.Interface, item.ObjectName()));
            if ((old is null || now is null) && ObjectName.TryParse(item.Spec.Network, "", out var network))
            {
                queue.Add(new Key(What.Network, network));
                RoutersOf(network.Namespace, router => router.Status?.Joined?.Contains(network.Name) == true);
                // The pods of an isolated namespace that are elsewhere yet.
                queue.Add(new Key(What.Network, Isolation.PodsOf(item.Metadata.NamespaceProperty)));
            }
        };
        watched.Blocks.Changed += (old, now) =>
        {
            var block = (now ?? old)!;
            queue.Add(new Key(What.Subnet, new ObjectName(block.Metadata.NamespaceProperty, block.Spec.Subnet)));
        };
        watched.Configs.Changed += (old, now) =>
        {
            queue.Add(new Key(What.Config, (now ?? old)!.ObjectName()));
            foreach (var subnet in watched.Subnets.Items)
            {
                queue.Add(new Key(What.Subnet, subnet.ObjectName()));
            }
            foreach (var space in watched.Namespaces.Items)
            {
                queue.Add(new Key(What.Namespace, new ObjectName("", space.Metadata.Name)));
            }
            Again();
        };
    }

    private static bool SelectsNamespaces(VirtualNetworkRouter router) =>
        router.Spec.Import?.Any(import => import.NamespaceSelector is not null) == true;
}
