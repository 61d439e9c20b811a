namespace Tombolo.Bgp.Wire;

/// <summary>What reading an UPDATE needs to know of the session that it came over.</summary>
/// <param name="IsInternal">iBGP; LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST from elsewhere are discarded.</param>
/// <param name="FourOctetAs">Both sides speak RFC 6793.</param>
public readonly record struct SessionTraits(bool IsInternal, bool FourOctetAs);
