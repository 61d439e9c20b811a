using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>Whom routes come from: a neighbour, or this speaker itself (index 0).</summary>
public sealed class RouteSource(ushort index, string name)
{
    /// <summary>The source of static routes.</summary>
    public const ushort Local = 0;

    public ushort Index => index;

    public string Name => name;

    public Address Address { get; set; }

    public uint As { get; set; }

    public uint RouterId { get; set; }

    public bool IsInternal { get; set; }

    /// <summary>A client of this reflector (RFC 4456).</summary>
    public bool IsClient { get; set; }
}
