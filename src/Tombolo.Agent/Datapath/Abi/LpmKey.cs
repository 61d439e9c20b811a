using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Key of maps <c>prefixes</c> and <c>spoof</c>; mirrors <c>struct tb_lpm_key</c>. 28 octets.</summary>
/// <param name="Length">64 bits of VRF and family, then the prefix's own.</param>
/// <param name="Vrf">In <c>spoof</c> an interface's index.</param>
[Mirrors("tb_lpm_key")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LpmKey(uint Length, uint Vrf, AddressFamily Family, Pad3 Pad, AddressOctets Address)
{
    private const uint FixedBits = 64;

    public static LpmKey Of(uint vrf, Prefix prefix) =>
        new(FixedBits + prefix.Length, vrf, prefix.Family, default, AddressOctets.From(prefix.Address));

    public Prefix ToPrefix() => new(Address.ToAddress(Family), (int)(Length - FixedBits));
}
