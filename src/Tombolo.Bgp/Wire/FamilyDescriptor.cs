using System.Diagnostics.CodeAnalysis;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>Reads one NLRI without its path identifier; the cursor is past it unless it is malformed.</summary>
public delegate NlriOutcome NlriRead(ref WireReader wire, bool withdrawn, out Nlri nlri);

public delegate void NlriWrite(OctetBuffer to, in Nlri nlri, bool withdrawn);

public delegate string NlriFormat(in Nlri nlri);

public delegate bool NlriParse(string text, [NotNullWhen(true)] out Nlri? nlri);

/// <summary>All that the library knows of a family: a row of <see cref="Families"/>.</summary>
/// <param name="Name">As configuration and tools write it.</param>
/// <param name="KeyWords">Words of an <see cref="NlriKey"/> that the family uses; the tables store no others.</param>
/// <param name="NextHopHasDistinguisher">VPN next hops are preceded by eight zero octets (RFC 4364 §4.3.2).</param>
/// <param name="NextHopUnchanged">Labels belong to their next hop, so by default it stays also on eBGP.</param>
/// <param name="MaxOctets">Longest NLRI that is ever written, without its path identifier.</param>
/// <param name="PrefixOf">The IP prefix inside; null where there is none (RTC).</param>
public sealed record FamilyDescriptor(
    Family Family,
    string Name,
    int KeyWords,
    bool NextHopHasDistinguisher,
    bool NextHopUnchanged,
    int MaxOctets,
    NlriRead Read,
    NlriWrite Write,
    NlriFormat Format,
    NlriParse Parse,
    Func<NlriKey, Prefix?> PrefixOf
)
{
    /// <summary>Sent in the classic fields of UPDATE rather than in MP_REACH_NLRI.</summary>
    public bool IsClassic => Family == Family.IPv4Unicast;

    public NlriOutcome TryRead(ref WireReader wire, bool addPath, bool withdrawn, out Nlri nlri)
    {
        uint pathId = 0;
        if (addPath && !wire.TryU32(out pathId))
        {
            nlri = default;
            return NlriOutcome.Malformed;
        }
        var outcome = Read(ref wire, withdrawn, out nlri);
        if (addPath)
        {
            nlri = nlri with { PathId = pathId };
        }
        return outcome;
    }

    public void WriteTo(OctetBuffer to, in Nlri nlri, bool addPath, bool withdrawn)
    {
        if (addPath)
        {
            to.U32(nlri.PathId);
        }
        Write(to, nlri, withdrawn);
    }
}
