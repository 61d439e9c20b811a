using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// The 16 octets of an address in a map: network order, IPv4 in the first four with zeros behind. Four words, since an
/// LPM key has it at an offset of twelve.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AddressOctets(uint First, uint Second, uint Third, uint Fourth)
{
    public static AddressOctets From(Address address)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        address.Write(octets);
        return MemoryMarshal.Read<AddressOctets>(octets);
    }

    public static AddressOctets Read(ReadOnlySpan<byte> octets) => MemoryMarshal.Read<AddressOctets>(octets);

    public Address ToAddress(AddressFamily family) =>
        family == AddressFamily.None
            ? default
            : Address.Read(ToArray().AsSpan(0, family == AddressFamily.IPv4 ? 4 : 16));

    public byte[] ToArray() => MemoryMarshal.AsBytes(new ReadOnlySpan<AddressOctets>(in this)).ToArray();
}
