using System.Diagnostics.CodeAnalysis;

namespace Tombolo.Values;

/// <summary>A prefix whose host bits are zero.</summary>
public readonly record struct Prefix : IComparable<Prefix>
{
    /// <summary>Cuts <paramref name="address"/> to its first <paramref name="length"/> bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More bits than the family has.</exception>
    public Prefix(Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)address.Width, nameof(length));
        Address = address with { Bits = address.Bits & ~HostMask(address.Width, length) };
        Length = (byte)length;
    }

    /// <summary>The first address.</summary>
    public Address Address { get; }

    /// <summary>Bits of the network part.</summary>
    public byte Length { get; }

    public AddressFamily Family => Address.Family;

    public Address First => Address;

    public Address Last => Address with { Bits = Address.Bits | HostMask(Address.Width, Length) };

    /// <summary>Number of addresses; saturates at <see cref="UInt128.MaxValue"/> for ::/0.</summary>
    public UInt128 Count => Address.Width - Length >= 128 ? UInt128.MaxValue : UInt128.One << (Address.Width - Length);

    public bool IsHost => Length == Address.Width;

    /// <summary>The /32 or /128 of an address.</summary>
    public static Prefix Host(Address address) => new(address, address.Width);

    public bool Contains(Address address) =>
        address.Family == Family && (address.Bits & ~HostMask(address.Width, Length)) == Address.Bits;

    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.Address);

    public bool Overlaps(Prefix other) => Contains(other) || other.Contains(this);

    /// <summary>Reads <c>address/length</c>; host bits must be zero.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Prefix prefix) =>
        TryParse(text, out prefix, out var address) && prefix.Address == address;

    /// <summary>Reads <c>address/length</c> and gives the address as written, host bits and all.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Prefix prefix, out Address address)
    {
        prefix = default;
        address = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (
            slash < 0
            || !Address.TryParse(text![..slash], out address)
            || !byte.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length)
            || length > address.Width
        )
        {
            return false;
        }
        prefix = new Prefix(address, length);
        return true;
    }

    public static Prefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is no prefix");

    public int CompareTo(Prefix other) =>
        Address.CompareTo(other.Address) is var order and not 0 ? order : Length.CompareTo(other.Length);

    public static bool operator <(Prefix left, Prefix right) => left.CompareTo(right) < 0;

    public static bool operator >(Prefix left, Prefix right) => left.CompareTo(right) > 0;

    public static bool operator <=(Prefix left, Prefix right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Prefix left, Prefix right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Address}/{Length}";

    // A shift by the type's whole width is a shift by none, so the two ends are cases of their own.
    private static UInt128 HostMask(int width, int length) =>
        length == width ? 0
        : width - length >= 128 ? UInt128.MaxValue
        : (UInt128.One << (width - length)) - 1;
}
