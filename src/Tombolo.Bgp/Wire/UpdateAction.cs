namespace Tombolo.Bgp.Wire;

/// <summary>What an error in an UPDATE leads to, weakest first (RFC 7606 §2).</summary>
public enum UpdateAction
{
    None,
    AttributeDiscard,
    TreatAsWithdraw,
    SessionReset,
}
