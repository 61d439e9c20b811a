using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The string formats that Kubernetes checks; any other name is not checked.</summary>
internal static partial class Formats
{
    public static bool Accepts(string? format, string text) =>
        format switch
        {
            "date-time" or "datetime" => DateTime().IsMatch(text)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "duration" => Duration().IsMatch(text),
            "ipv4" => IPv4().IsMatch(text) && IPAddress.TryParse(text, out _),
            "ipv6" => text.Contains(':') && !text.Contains('%') && IPAddress.TryParse(text, out _),
            "cidr" => IsCidr(text),
            "mac" => Mac().IsMatch(text),
            "uuid" or "uuid3" or "uuid4" or "uuid5" => Uuid().IsMatch(text),
            "uri" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri)
                && (uri.IsAbsoluteUri || text.StartsWith('/')),
            "hostname" => Names.Problem(text.ToLowerInvariant(), NameStyle.Subdomain) is null,
            "email" => Email().IsMatch(text),
            "byte" => text.Length % 4 == 0 && Convert.TryFromBase64String(text, new byte[text.Length], out _),
            "quantity" => Quantity().IsMatch(text),
            _ => true,
        };

    private static bool IsCidr(string text)
    {
        var slash = text.IndexOf('/');
        return slash > 0
            && IPAddress.TryParse(text[..slash], out var address)
            && (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || IPv4().IsMatch(text[..slash]))
            && text[(slash + 1)..] is { Length: > 0 } length
            && length.All(char.IsAsciiDigit)
            && int.TryParse(length, out var bits)
            && bits <= 8 * address.GetAddressBytes().Length;
    }

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\z")]
    private static partial Regex DateTime();

    [GeneratedRegex(@"\A[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h|d|w)\s*)+\z")]
    private static partial Regex Duration();

    [GeneratedRegex(@"\A(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\z")]
    private static partial Regex IPv4();

    [GeneratedRegex(@"\A([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"(?i)\A[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\A[^@\s]+@[^@\s]+\z")]
    private static partial Regex Email();

    [GeneratedRegex(@"\A[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?\z")]
    private static partial Regex Quantity();
}
