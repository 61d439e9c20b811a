using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Speaking;

// Users of the library that want to hear of chosen routes.
public sealed partial class Speaker
{
    private readonly Dictionary<
        Family,
        (HashSet<NlriKey> Changed, Action<IReadOnlyList<BestRoute>> Tell)
    > subscribers = [];

    /// <summary>Tells all chosen routes of a family now, and changes from then on, coalesced; called on the loop, so it
    /// must be quick. One subscriber a family.</summary>
    public Task SubscribeAsync(Family family, Action<IReadOnlyList<BestRoute>> tell) =>
        DoAsync(() =>
        {
            var rib = ribs[family];
            var changed = new HashSet<NlriKey>();
            subscribers[family] = (changed, tell);
            for (var destination = 0; destination < rib.Table.Limit; destination++)
            {
                if (rib.Table.Exists(destination))
                {
                    changed.Add(rib.Table.Key(destination));
                }
            }
            rib.Changed = destination => changed.Add(rib.Table.Key(destination));
        });

    private void Tell()
    {
        foreach (var (family, (changed, tell)) in subscribers)
        {
            if (changed.Count > 0)
            {
                var routes = changed.Select(key => Best(ribs[family], key)).ToArray();
                changed.Clear();
                tell(routes);
            }
        }
    }

    private BestRoute Best(FamilyRib rib, in NlriKey key)
    {
        var destination = rib.Table.Find(key);
        var first = destination < 0 ? 0 : rib.Table.First(destination);
        if (first == 0 || (rib.Table.Path(first).Flags & PathFlags.Ineligible) != 0)
        {
            return new BestRoute(rib.Family.Family, new Nlri(key), null, "");
        }
        ref var path = ref rib.Table.Path(first);
        var nlri = rib.Table.Nlri(destination, path.PathId, path.Payload);
        return new BestRoute(rib.Family.Family, nlri, sets[path.Attributes], sources[path.Source].Name);
    }
}
