using System.Text.Json;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Who owns whom, by uid, as of the last commit.</summary>
internal sealed class Owners
{
    private static readonly IReadOnlyCollection<ObjectName> Nobody = [];

    private readonly Lock gate = new();
    private readonly Dictionary<string, StoredObject> live = [];
    private readonly Dictionary<string, HashSet<ObjectName>> dependents = [];

    public void Apply(StoredObject item, StoredObject? previous, bool deleted)
    {
        lock (gate)
        {
            var name = ObjectName.Of(item);
            foreach (var (uid, _) in previous is null ? [] : References(previous))
            {
                if (dependents.TryGetValue(uid, out var set) && set.Remove(name) && set.Count == 0)
                {
                    dependents.Remove(uid);
                }
            }
            if (deleted)
            {
                live.Remove(item.Uid);
                return;
            }
            live[item.Uid] = item;
            foreach (var (uid, _) in References(item))
            {
                if (!dependents.TryGetValue(uid, out var set))
                {
                    dependents[uid] = set = [];
                }
                set.Add(name);
            }
        }
    }

    /// <summary>The owner as it is now; null: there is none.</summary>
    public StoredObject? Find(string uid)
    {
        lock (gate)
        {
            return live.GetValueOrDefault(uid);
        }
    }

    public IReadOnlyCollection<ObjectName> DependentsOf(string uid)
    {
        lock (gate)
        {
            return dependents.TryGetValue(uid, out var set) ? [.. set] : Nobody;
        }
    }

    /// <summary>The owners that an object names, and whether each waits for it.</summary>
    public static IEnumerable<(string Uid, bool Blocks)> References(StoredObject item) =>
        item.Json.AsSpan().IndexOf("\"ownerReferences\""u8) < 0 // most objects have none, and need no parsing
            ? []
            : item.Element.Items("metadata", "ownerReferences").Select(Reference);

    public static bool Has(StoredObject item, string finalizer) =>
        item.Element.Items("metadata", "finalizers").Any(f => f.GetString() == finalizer);

    private static (string, bool) Reference(JsonElement owner) =>
        (owner.Text("uid") ?? "", owner.Truth("blockOwnerDeletion"));
}
