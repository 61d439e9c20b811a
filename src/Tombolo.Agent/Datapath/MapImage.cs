using Tombolo.Linux;
using Tombolo.Linux.Bpf;

namespace Tombolo.Agent.Datapath;

/// <summary>What a map of the kernel holds, kept here so that only differences are written.</summary>
public sealed class MapImage<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly BpfMap<TKey, TValue> map;
    private readonly Func<KeyValuePair<TKey, TValue>, bool> counts;
    private Dictionary<TKey, TValue> held = [];

    /// <param name="counts">Tells an entry of an array that holds something from an empty one.</param>
    public MapImage(BpfMap<TKey, TValue> map, Func<KeyValuePair<TKey, TValue>, bool>? counts = null)
    {
        this.map = map;
        this.counts = counts ?? (_ => true);
        Read();
    }

    public IReadOnlyDictionary<TKey, TValue> Held => held;

    /// <summary>Writes what is new or different.</summary>
    /// <returns>Entries written.</returns>
    public int Put(IReadOnlyDictionary<TKey, TValue> wanted)
    {
        var puts = wanted
            .Where(entry => !held.TryGetValue(entry.Key, out var value) || !value.Equals(entry.Value))
            .ToList();
        return Write(
            puts.Count,
            () =>
            {
                map.Set(puts);
                foreach (var (key, value) in puts)
                {
                    held[key] = value;
                }
            }
        );
    }

    /// <summary>Removes what is not wanted.</summary>
    /// <returns>Entries removed.</returns>
    public int RemoveAllBut(IReadOnlyDictionary<TKey, TValue> wanted)
    {
        var removals = held.Keys.Where(key => !wanted.ContainsKey(key)).ToList();
        return Write(
            removals.Count,
            () =>
            {
                map.Remove(removals);
                removals.ForEach(key => held.Remove(key));
            }
        );
    }

    /// <summary>What of it the kernel holds no longer, or otherwise, in words; empty if all is as it was written.</summary>
    public IEnumerable<string> Differences(Func<KeyValuePair<TKey, TValue>, bool> which) =>
        held.Where(which)
            .Select(entry =>
                !map.TryGet(entry.Key, out var value) ? $"map {map.Name} has no entry for {entry.Key}"
                : value.Equals(entry.Value) ? null
                : $"map {map.Name} has {value} for {entry.Key}, not {entry.Value}"
            )
            .OfType<string>();

    private int Write(int count, Action write)
    {
        if (count == 0)
        {
            return 0;
        }
        try
        {
            write();
            return count;
        }
        catch (LinuxException)
        {
            // A batch may have stopped midway: only the kernel knows where.
            Read();
            throw;
        }
    }

    private void Read() => held = map.Entries().Where(counts).DistinctBy(entry => entry.Key).ToDictionary();
}
