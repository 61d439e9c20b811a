using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>The numbers of next hops, tunnels and identities, recovered from the maps that a former agent filled.</summary>
internal sealed class DatapathNumbers
{
    private readonly Dictionary<uint, (NextHopEntry Content, uint Generation)> generations = [];

    public DatapathNumbers(DatapathMaps maps, TimeProvider time)
    {
        NextHops = new("nexthops", maps.NextHops.Shape.MaxEntries, time);
        Tunnels = new("tunnels", maps.Tunnels.Shape.MaxEntries, time);
        Identities = new("identities", maps.Identities.Shape.MaxEntries, time);
        foreach (var (number, entry) in maps.NextHops.Entries())
        {
            generations[number] = (entry with { Generation = 0 }, entry.Generation);
            if (entry.Kind != NextHopKind.None)
            {
                NextHops.Adopt(entry with { Generation = 0 }, number);
            }
        }
        foreach (var (number, entry) in maps.Tunnels.Entries().Where(tunnel => tunnel.Value.IfIndex != 0))
        {
            Tunnels.Adopt(entry.Remote.ToAddress(entry.Family), number);
        }
        foreach (var (number, entry) in maps.Identities.Entries().Where(identity => identity.Value != default))
        {
            Identities.Adopt(entry.Hash.ToAddress(AddressFamily.IPv6).Bits, number);
        }
    }

    /// <summary>By content, without its generation.</summary>
    public Numbers<NextHopEntry> NextHops { get; }

    /// <summary>By far end.</summary>
    public Numbers<Address> Tunnels { get; }

    /// <summary>By hash.</summary>
    public Numbers<UInt128> Identities { get; }

    /// <summary>The generation of a slot with this content: one more than before if the content is another.</summary>
    public uint GenerationOf(uint number, NextHopEntry content)
    {
        var (before, generation) = generations.GetValueOrDefault(number);
        if (before != content)
        {
            generation++;
            generations[number] = (content, generation);
        }
        return generation;
    }
}
