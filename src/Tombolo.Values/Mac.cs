using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tombolo.Values;

/// <summary>A 48-bit MAC address, as a number in host order.</summary>
public readonly record struct Mac(ulong Bits)
{
    /// <summary>The virtual gateway of every network (locally administered).</summary>
    public static readonly Mac Gateway = new(0x02_00_5e_00_00_01);

    public static Mac Read(ReadOnlySpan<byte> octets)
    {
        ulong bits = 0;
        foreach (var octet in octets[..6])
        {
            bits = (bits << 8) | octet;
        }
        return new Mac(bits);
    }

    public void Write(Span<byte> octets)
    {
        for (var i = 0; i < 6; i++)
        {
            octets[i] = (byte)(Bits >> (40 - 8 * i));
        }
    }

    public byte[] ToArray()
    {
        var octets = new byte[6];
        Write(octets);
        return octets;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Mac mac)
    {
        mac = default;
        var parts = text?.Split(':') ?? [];
        if (parts.Length != 6)
        {
            return false;
        }
        ulong bits = 0;
        foreach (var part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, null, out var octet))
            {
                return false;
            }
            bits = (bits << 8) | octet;
        }
        mac = new Mac(bits);
        return true;
    }

    public override string ToString()
    {
        var octets = ToArray();
        return string.Join(':', octets.Select(octet => octet.ToString("x2")));
    }
}
