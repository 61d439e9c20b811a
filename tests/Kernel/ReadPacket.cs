using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>An IP packet read in C#, by the RFCs and not by our programs: what the fuzzer holds against them.</summary>
internal readonly record struct ReadPacket(Address Source, Address Destination, byte Ttl, byte Protocol, int Header)
{
    /// <summary>False if lengths contradict each other, or the packet's version is neither 4 nor 6.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out ReadPacket packet)
    {
        packet = default;
        if (octets.Length >= 20 && octets[0] >> 4 == 4)
        {
            var header = (octets[0] & 15) * 4;
            int total = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
            if (header < 20 || total < header || total > octets.Length)
            {
                return false;
            }
            packet = new(Address.Read(octets[12..16]), Address.Read(octets[16..20]), octets[8], octets[9], header);
            return true;
        }
        if (octets.Length < 40 || octets[0] >> 4 != 6)
        {
            return false;
        }
        var end = 40 + BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        var (next, at) = (octets[6], 40);
        while (end <= octets.Length && next is 0 or 43 or 44 or 51 or 60)
        {
            if (at + 8 > end)
            {
                return false;
            }
            var length = next switch
            {
                44 => 8,
                51 => (octets[at + 1] + 2) * 4,
                _ => (octets[at + 1] + 1) * 8,
            };
            var later = next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 2)..]) & 0xfff8) != 0;
            (next, at) = (octets[at], at + length);
            if (later)
            {
                break;
            }
        }
        if (at > end || end > octets.Length)
        {
            return false;
        }
        packet = new(Address.Read(octets[8..24]), Address.Read(octets[24..40]), octets[7], next, at);
        return !IsV4Mapped(packet.Source) && !IsV4Mapped(packet.Destination);
    }

    /// <summary>Whether an IPv4 header's checksum is right; true for IPv6, which has none.</summary>
    public static bool IsHeaderSummed(ReadOnlySpan<byte> octets) =>
        octets[0] >> 4 == 6 || Wire.Checksum(octets[..((octets[0] & 15) * 4)]) == 0;

    /// <summary>The packet one hop further: TTL less one, an IPv4 checksum zero so that it is not compared.</summary>
    public static byte[] Hop(ReadOnlySpan<byte> octets, int cost)
    {
        var packet = octets.ToArray();
        packet[packet[0] >> 4 == 4 ? 8 : 7] -= (byte)cost;
        return Unsummed(packet);
    }

    public static byte[] Unsummed(ReadOnlySpan<byte> octets)
    {
        var packet = octets.ToArray();
        if (packet[0] >> 4 == 4)
        {
            packet[10] = packet[11] = 0;
        }
        return packet;
    }

    private static bool IsV4Mapped(Address address) => address.Bits >> 32 == 0xffff;
}
