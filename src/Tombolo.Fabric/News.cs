using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>What a flush has to tell, by node; the last word on a key counts.</summary>
internal sealed class News
{
    private readonly Dictionary<NodeName, Dictionary<EntryKey, Entry?>> nodes = [];

    public void Put(NodeName node, Entry entry) => Of(node)[entry.Key] = entry;

    public void Remove(NodeName node, EntryKey key) => Of(node)[key] = null;

    public IReadOnlyDictionary<NodeName, NodeDelta> Deltas() =>
        nodes.ToDictionary(node => node.Key, node => DeltaOf(node.Value));

    private static NodeDelta DeltaOf(Dictionary<EntryKey, Entry?> said)
    {
        var put = new List<Entry>();
        var remove = new List<EntryKey>();
        foreach (var (key, entry) in said.OrderBy(pair => pair.Key))
        {
            if (entry is null)
            {
                remove.Add(key);
            }
            else
            {
                put.Add(entry);
            }
        }
        return new NodeDelta(put, remove);
    }

    private Dictionary<EntryKey, Entry?> Of(NodeName node)
    {
        if (!nodes.TryGetValue(node, out var said))
        {
            nodes[node] = said = [];
        }
        return said;
    }
}
