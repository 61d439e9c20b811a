using Tombolo.Linux;
using Tombolo.Values;

namespace Tombolo.Agent.Interfaces;

/// <summary>Compares a pod's link with the shape that <see cref="PodLink.Make"/> gave it.</summary>
internal static class PodLinkCheck
{
    /// <summary>What differs, in words; addresses and routes that the pod added itself do not count.</summary>
    public static IReadOnlyList<string> Differences(Netlink host, string hostName, string netns, PodLink.Shape shape)
    {
        if (host.Links.Find(hostName) is not { } near)
        {
            return [$"the node has no link {hostName}"];
        }
        try
        {
            using var pod = Netlink.Open(netns);
            if (pod.Links.Find(shape.Name) is not { } far)
            {
                return [$"namespace {netns} has no link {shape.Name}"];
            }
            return
            [
                .. Ends(near, far, shape),
                .. Addresses(pod.Addresses.List(far.Index), shape),
                .. Routes(pod.Routes.List(), far.Index, shape),
            ];
        }
        catch (LinuxException broken) when (broken.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return [$"there is no network namespace {netns}"];
        }
    }

    private static IEnumerable<string> Ends(Link near, Link far, PodLink.Shape shape)
    {
        if (near.Peer != far.Index || far.Peer != near.Index)
        {
            yield return $"{near.Name} and {far.Name} are not the two ends of one veth";
        }
        foreach (var down in new[] { near, far }.Where(end => !end.IsUp))
        {
            yield return $"{down.Name} is down";
        }
        foreach (var end in new[] { near, far }.Where(end => end.Mtu != shape.Mtu))
        {
            yield return $"{end.Name} has MTU {end.Mtu}, not {shape.Mtu}";
        }
        if (far.Mac != shape.Mac)
        {
            yield return $"{far.Name} has MAC {far.Mac}, not {shape.Mac}";
        }
    }

    private static IEnumerable<string> Addresses(List<LinkAddress> there, PodLink.Shape shape) =>
        shape
            .Addresses.Where(one => !there.Any(has => has.Address == one.Address && has.PrefixLength == one.Length))
            .Select(one => $"{shape.Name} has no address {one.Address}/{one.Length}");

    private static IEnumerable<string> Routes(List<Route> there, int link, PodLink.Shape shape) =>
        PodLink
            .RoutesOf(shape, link)
            .Where(route =>
                !there.Any(has =>
                    has.Prefix == route.Prefix
                    && has.Link == link
                    && has.Gateway == route.Gateway
                    && has.Table == Route.Main
                )
            )
            .Select(route => $"{shape.Name} has no route {route.Prefix} via {route.Gateway}");
}
