namespace Tombolo.Bgp.Wire;

/// <summary>RFC 4271 §5.1.1; lower is better.</summary>
public enum Origin : byte
{
    Igp = 0,
    Egp = 1,
    Incomplete = 2,
}
