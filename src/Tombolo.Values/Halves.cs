using System.Globalization;

namespace Tombolo.Values;

/// <summary>The text form that route targets and distinguishers share: <c>asn:number</c> or
/// <c>a.b.c.d:number</c>. Six octets follow the type, so a four-octet first half leaves 16 bits for the second.</summary>
internal readonly record struct Halves(bool IsAddress, uint High, uint Low)
{
    public static bool TryParse(string? text, out Halves halves)
    {
        halves = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || !uint.TryParse(text.AsSpan(colon + 1), NumberStyles.None, null, out var low))
        {
            return false;
        }
        var first = text![..colon];
        var isAddress = first.Contains('.');
        uint high;
        if (isAddress)
        {
            if (!Address.TryParse(first, out var address))
            {
                return false;
            }
            high = (uint)address.Bits;
        }
        else if (!uint.TryParse(first, NumberStyles.None, null, out high))
        {
            return false;
        }
        if (low > ushort.MaxValue && (isAddress || high > ushort.MaxValue))
        {
            return false;
        }
        halves = new Halves(isAddress, high, low);
        return true;
    }
}
