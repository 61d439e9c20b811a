using System.Globalization;

namespace Tombolo.Bgp.Wire;

/// <summary>Communities (RFC 1997): a number, written <c>asn:value</c> or by its well-known name.</summary>
public static class Community
{
    public const uint GracefulShutdown = 0xffff_0000;

    /// <summary>RFC 9494 §3.2 and §3.3.</summary>
    public const uint LlgrStale = 0xffff_0006;
    public const uint NoLlgr = 0xffff_0007;

    /// <summary>RFC 7999.</summary>
    public const uint Blackhole = 0xffff_029a;
    public const uint NoExport = 0xffff_ff01;
    public const uint NoAdvertise = 0xffff_ff02;
    public const uint NoExportSubconfed = 0xffff_ff03;

    private static readonly (uint Value, string Name)[] Known =
    [
        (GracefulShutdown, "graceful-shutdown"),
        (LlgrStale, "llgr-stale"),
        (NoLlgr, "no-llgr"),
        (Blackhole, "blackhole"),
        (NoExport, "no-export"),
        (NoAdvertise, "no-advertise"),
        (NoExportSubconfed, "no-export-subconfed"),
    ];

    public static string Format(uint community)
    {
        foreach (var (value, name) in Known)
        {
            if (value == community)
            {
                return name;
            }
        }
        return $"{community >> 16}:{community & 0xffff}";
    }

    public static bool TryParse(string text, out uint community)
    {
        foreach (var (value, name) in Known)
        {
            if (name == text)
            {
                community = value;
                return true;
            }
        }
        community = 0;
        var parts = text.Split(':');
        if (
            parts.Length != 2
            || !ushort.TryParse(parts[0], NumberStyles.None, null, out var high)
            || !ushort.TryParse(parts[1], NumberStyles.None, null, out var low)
        )
        {
            return false;
        }
        community = ((uint)high << 16) | low;
        return true;
    }
}
