using System.Diagnostics.CodeAnalysis;

namespace Tombolo.Api;

/// <summary>Namespace and name of an object; as text <c>ns/name</c>.</summary>
public readonly record struct ObjectName(string Namespace, string Name) : IComparable<ObjectName>
{
    /// <summary>Reads <c>ns/name</c>, or <c>name</c> in <paramref name="home"/>; both must be DNS labels or subdomains.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, string home, out ObjectName name)
    {
        name = default;
        var parts = text?.Split('/') ?? [];
        if (parts.Length is 0 or > 2 || !parts.All(IsDnsName))
        {
            return false;
        }
        name = parts.Length == 1 ? new(home, parts[0]) : new(parts[0], parts[1]);
        return true;
    }

    public static ObjectName Parse(string text) =>
        TryParse(text, "", out var name) && name.Namespace.Length > 0
            ? name
            : throw new FormatException($"'{text}' is no namespace/name");

    public int CompareTo(ObjectName other) =>
        string.CompareOrdinal(Namespace, other.Namespace) is var order and not 0
            ? order
            : string.CompareOrdinal(Name, other.Name);

    public static bool operator <(ObjectName left, ObjectName right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectName left, ObjectName right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectName left, ObjectName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectName left, ObjectName right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Namespace}/{Name}";

    // RFC 1123 subdomain, as the API server demands of names.
    private static bool IsDnsName(string text) =>
        text.Length is > 0 and <= 253
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1]);
}
