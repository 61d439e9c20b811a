using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Key of map <c>hosts</c>; mirrors <c>struct tb_address_key</c>. 24 octets.</summary>
[Mirrors("tb_address_key")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AddressKey(uint Vrf, AddressFamily Family, Pad3 Pad, AddressOctets Address)
{
    public static AddressKey Of(uint vrf, Address address) =>
        new(vrf, address.Family, default, AddressOctets.From(address));

    public Address ToAddress() => Address.ToAddress(Family);
}
