namespace Tombolo.Bgp.Wire;

/// <summary>What reading one NLRI came to.</summary>
public enum NlriOutcome
{
    Read,

    /// <summary>Well formed, of a type that is not known here; left out (RFC 7606 §5.4).</summary>
    Ignored,

    /// <summary>The rest of the field cannot be trusted: the session is reset (RFC 7606 §3 j).</summary>
    Malformed,
}
