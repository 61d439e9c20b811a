namespace Tombolo.Bgp.Wire;

/// <summary>RFC 7313 §3.2.</summary>
public enum RefreshKind : byte
{
    Request = 0,
    Begin = 1,
    End = 2,
}
