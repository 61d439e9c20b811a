using System.Text.RegularExpressions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What names, label keys and label values may look like, and Kubernetes' words when they do not.</summary>
internal static partial class Names
{
    /// <summary>What is wrong with a name; null if nothing is.</summary>
    public static string? Problem(string name, NameStyle style) =>
        style switch
        {
            NameStyle.Subdomain when name.Length > 253 => "must be no more than 253 characters",
            NameStyle.Subdomain => Subdomain().IsMatch(name)
                ? null
                : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and"
                    + " must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            NameStyle.PathSegment => name is "." or ".." || name.Contains('/') || name.Contains('%')
                ? "may not be '.' or '..', nor contain '/' or '%'"
                : null,
            _ when name.Length > 63 => "must be no more than 63 characters",
            NameStyle.Label => Label().IsMatch(name)
                ? null
                : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                    + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
            _ => ServiceLabel().IsMatch(name)
                ? null
                : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                    + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123',"
                    + " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        };

    public static string? KeyProblem(string key)
    {
        var slash = key.IndexOf('/');
        var (prefix, name) = slash < 0 ? (null, key) : (key[..slash], key[(slash + 1)..]);
        if (prefix is not null && Problem(prefix, NameStyle.Subdomain) is { } problem)
        {
            return $"prefix part {problem}";
        }
        return name.Length is > 0 and <= 63 && Qualified().IsMatch(name)
            ? null
            : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    }

    public static string? ValueProblem(string value)
    {
        if (value.Length > 63)
        {
            return "must be no more than 63 characters";
        }
        return value.Length == 0 || Qualified().IsMatch(value)
            ? null
            : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                + " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex"
                + " used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex ServiceLabel();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Qualified();
}
