namespace Tombolo.Bgp.Wire;

/// <summary>RFC 7911 §4.</summary>
[Flags]
public enum AddPathMode : byte
{
    None = 0,
    Receive = 1,
    Send = 2,
    Both = 3,
}
