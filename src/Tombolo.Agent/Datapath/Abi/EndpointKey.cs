using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Key of map <c>tunnel_endpoints</c>, an outer source; mirrors <c>struct tb_endpoint_key</c>. 20 octets.</summary>
[Mirrors("tb_endpoint_key")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EndpointKey(AddressFamily Family, Pad3 Pad, AddressOctets Address)
{
    public static EndpointKey Of(Address address) => new(address.Family, default, AddressOctets.From(address));

    public Address ToAddress() => Address.ToAddress(Family);
}
