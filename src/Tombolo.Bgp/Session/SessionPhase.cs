namespace Tombolo.Bgp.Session;

/// <summary>States of RFC 4271 §8.2.2.</summary>
public enum SessionPhase
{
    Idle,
    Connect,
    Active,
    OpenSent,
    OpenConfirm,
    Established,
}
