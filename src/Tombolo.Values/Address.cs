using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Tombolo.Values;

/// <summary>
/// An IPv4 or IPv6 address. IPv4 is a family of its own and never the v4-mapped part of IPv6: 10.0.0.1 and
/// ::ffff:10.0.0.1 are two different addresses.
/// </summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Bits">The address as a number, host order; IPv4 in the low 32 bits.</param>
public readonly record struct Address(AddressFamily Family, UInt128 Bits) : IComparable<Address>
{
    /// <summary>Octets of an address of this family: 4 or 16.</summary>
    public int Size => Family == AddressFamily.IPv4 ? 4 : 16;

    /// <summary>Bits of an address of this family: 32 or 128.</summary>
    public int Width => Size * 8;

    public bool IsIPv4 => Family == AddressFamily.IPv4;

    /// <summary>True for ::ffff:0:0/96, which no packet may carry (RFC 4291 §2.5.5.2).</summary>
    public bool IsV4Mapped => Family == AddressFamily.IPv6 && Bits >> 32 == 0xffff;

    /// <summary>True for 224.0.0.0/4 and ff00::/8.</summary>
    public bool IsMulticast => IsIPv4 ? Bits >> 28 == 0xe : Bits >> 120 == 0xff;

    public static Address V4(uint bits) => new(AddressFamily.IPv4, bits);

    public static Address V6(UInt128 bits) => new(AddressFamily.IPv6, bits);

    /// <summary>Reads 4 or 16 octets in network order.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Address Read(ReadOnlySpan<byte> octets) =>
        octets.Length switch
        {
            4 => V4(BinaryPrimitives.ReadUInt32BigEndian(octets)),
            16 => V6(BinaryPrimitives.ReadUInt128BigEndian(octets)),
            _ => throw new ArgumentException($"an address has 4 or 16 octets, not {octets.Length}", nameof(octets)),
        };

    /// <summary>Writes the address in network order and says how many octets it took.</summary>
    public int Write(Span<byte> octets)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)Bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
        }
        return Size;
    }

    /// <summary>The octets in network order, as the node stream carries an address.</summary>
    public byte[] ToArray()
    {
        var octets = new byte[Size];
        Write(octets);
        return octets;
    }

    public static Address From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> octets = stackalloc byte[16];
        return address.TryWriteBytes(octets, out var count) ? Read(octets[..count]) : default;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(octets[..Write(octets)]);
    }

    /// <summary>Reads text strictly: dotted quads without leading zeros, RFC 4291 §2.2 without a zone.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (text is null || text.Contains('%') || text.Contains('/') || text.Contains('['))
        {
            return false;
        }
        if (!text.Contains(':'))
        {
            return TryParseQuads(text, out address);
        }
        if (!IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }
        address = From(parsed);
        return true;
    }

    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no IP address");

    // The framework takes "10.1" and octal "010.0.0.1"; neither may mean an address here.
    private static bool TryParseQuads(string text, out Address address)
    {
        address = default;
        uint bits = 0;
        var parts = text.Split('.');
        if (parts.Length != 4)
        {
            return false;
        }
        foreach (var part in parts)
        {
            if (
                part.Length is 0 or > 3
                || !part.All(char.IsAsciiDigit)
                || (part.Length > 1 && part[0] == '0')
                || int.Parse(part) > 255
            )
            {
                return false;
            }
            bits = (bits << 8) | uint.Parse(part);
        }
        address = V4(bits);
        return true;
    }

    public Address Add(UInt128 offset) => this with { Bits = Bits + offset };

    public int CompareTo(Address other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    public override string ToString() => Family == AddressFamily.None ? "none" : ToIPAddress().ToString();
}
