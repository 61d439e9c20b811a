using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>
/// Which networks a router lets in and with which routers it joins them: decided once, because it depends on the moment;
/// what was decided stays while it is still meant.
/// </summary>
public static class RouterAdmission
{
    /// <summary>What a decision may look at.</summary>
    /// <param name="Routers">All of them, with what was decided for each so far.</param>
    /// <param name="Networks">All of a namespace.</param>
    /// <param name="AddressesOf">In use in a network.</param>
    public sealed record Surroundings(
        IReadOnlyCollection<VirtualNetworkRouter> Routers,
        Func<string, IEnumerable<VirtualNetwork>> Networks,
        Func<string, IDictionary<string, string>?> NamespaceLabels,
        Func<ObjectName, IReadOnlyCollection<Address>> AddressesOf
    );

    /// <param name="Joined">Names of its own namespace's networks, in order.</param>
    /// <param name="Peers">Routers, in order.</param>
    /// <param name="Collisions">Networks not let in, and networks that came to collide since.</param>
    public sealed record Decision(
        IReadOnlyList<string> Joined,
        IReadOnlyList<string> Peers,
        IReadOnlyList<Collision> Collisions,
        Judgement Judgement
    );

    public static Decision Decide(VirtualNetworkRouter router, Surroundings around)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(around);
        var home = router.Metadata.NamespaceProperty;
        var collisions = new List<Collision>();
        var selected = around
            .Networks(home)
            .Where(network => RouterIntent.Selects(router, network))
            .Select(network => network.Metadata.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        var joined = selected.Where((router.Status?.Joined ?? []).Contains).ToHashSet(StringComparer.Ordinal);
        var own = new InUse(around.AddressesOf);
        foreach (var name in joined)
        {
            var collision = own.Add(new ObjectName(home, name));
            if (router.Spec.Type == RouterType.Mesh && collision is not null)
            {
                collisions.Add(collision);
            }
        }
        var (peers, theirs) = DecidePeers(router, around, own, collisions);
        foreach (
            var name in selected.Where(name => !joined.Contains(name)).Take(RouterIntent.MostNetworks - joined.Count)
        )
        {
            var network = new ObjectName(home, name);
            var collision = theirs.Find(network) ?? (router.Spec.Type == RouterType.Mesh ? own.Find(network) : null);
            if (collision is not null)
            {
                collisions.Add(collision);
                continue;
            }
            own.Add(network);
            joined.Add(name);
        }
        return new Decision(
            [.. joined.Order(StringComparer.Ordinal)],
            [.. peers.Select(peer => peer.ObjectName().ToString()).Order(StringComparer.Ordinal)],
            collisions,
            Judge(router, selected.Count, around)
        );
    }

    // Of a pair the second to decide agrees with the first: one moment counts for both.
    private static (List<VirtualNetworkRouter> Peers, InUse Theirs) DecidePeers(
        VirtualNetworkRouter router,
        Surroundings around,
        InUse own,
        List<Collision> collisions
    )
    {
        var peers = new List<VirtualNetworkRouter>();
        var theirs = new InUse(around.AddressesOf);
        var self = router.ObjectName().ToString();
        var candidates = around
            .Routers.Where(other => RouterIntent.ArePeers(router, other, around.NamespaceLabels))
            .OrderBy(other => other.ObjectName());
        foreach (var other in candidates)
        {
            var name = other.ObjectName();
            var decided =
                router.Status?.Peers?.Contains(name.ToString()) == true || other.Status?.Peers?.Contains(self) == true;
            var networks = RouterIntent.Members(other).ToList();
            var between = networks.Select(own.Find).OfType<Collision>().ToList();
            collisions.AddRange(between);
            if (decided || between.Count == 0)
            {
                peers.Add(other);
                networks.ForEach(network => theirs.Add(network));
            }
        }
        return (peers, theirs);
    }

    private static Judgement Judge(VirtualNetworkRouter router, int selected, Surroundings around)
    {
        if (selected > RouterIntent.MostNetworks)
        {
            return Judgement.Refused(
                "TooManyNetworks",
                "spec.selector",
                $"selects {selected} networks; a router joins {RouterIntent.MostNetworks} at most: the first by name are joined"
            );
        }
        for (var i = 0; i < (router.Spec.Import?.Count ?? 0); i++)
        {
            var judgement = JudgeImport(router, router.Spec.Import![i], $"spec.import[{i}]", around);
            if (!judgement.IsAccepted)
            {
                return judgement;
            }
        }
        return selected > 0 ? Judgement.Accepted
            : router.Spec.Selector is null
                ? Judgement.Refused("SelectsNothing", "spec.selector", "is not there; {} selects all of the namespace")
            : Judgement.Refused("SelectsNothing", "spec.selector", "no network of the namespace has these labels");
    }

    private static Judgement JudgeImport(
        VirtualNetworkRouter router,
        RouterImport import,
        string field,
        Surroundings around
    )
    {
        var alone = router with { Spec = router.Spec with { Import = [import] } };
        var meant = around
            .Routers.Where(other => RouterIntent.Imports(alone, other, around.NamespaceLabels))
            .OrderBy(other => other.ObjectName())
            .ToList();
        if (meant.Count == 0)
        {
            return Judgement.Refused("WaitingForPeer", field, "no such router");
        }
        var others = meant.Where(other => other.ObjectName() != router.ObjectName()).ToList();
        if (others.Count == 0)
        {
            return Judgement.Refused("ImportsItself", field, "a router does not join its networks with themselves");
        }
        var able = others.Where(other => RouterIntent.MayJoin(router.Spec.Type, other.Spec.Type)).ToList();
        if (able.Count == 0)
        {
            var type = router.Spec.Type == RouterType.Hub ? "hub" : "spoke";
            return Judgement.Refused(
                "TypesDoNotJoin",
                field,
                $"{others[0].ObjectName()} is a {type} too: they never join"
            );
        }
        return able.Any(other => RouterIntent.Imports(other, router, around.NamespaceLabels))
            ? Judgement.Accepted
            : Judgement.Refused(
                "WaitingForPeer",
                field,
                $"{able[0].ObjectName()} does not import {router.ObjectName()}; a join needs both"
            );
    }

    // Addresses in use, each with the first network that has it.
    private sealed class InUse(Func<ObjectName, IReadOnlyCollection<Address>> addressesOf)
    {
        private readonly Dictionary<Address, ObjectName> holders = [];

        /// <summary>The first address of a network that another one has already.</summary>
        public Collision? Find(ObjectName network)
        {
            foreach (var address in addressesOf(network).Order())
            {
                if (holders.TryGetValue(address, out var holder) && holder != network)
                {
                    return new Collision
                    {
                        Network = network.ToString(),
                        With = holder.ToString(),
                        Address = address.ToString(),
                    };
                }
            }
            return null;
        }

        /// <returns>As <see cref="Find"/>.</returns>
        public Collision? Add(ObjectName network)
        {
            var collision = Find(network);
            foreach (var address in addressesOf(network))
            {
                holders.TryAdd(address, network);
            }
            return collision;
        }
    }
}
