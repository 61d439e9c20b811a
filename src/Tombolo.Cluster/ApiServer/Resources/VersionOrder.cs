using System.Globalization;
using System.Text.RegularExpressions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Kubernetes' order of versions: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name.</summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Rank(x ?? ""), Rank(y ?? ""));
        var order = b.CompareTo(a);
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var parts = KubernetesVersion().Match(version);
        if (!parts.Success || !int.TryParse(parts.Groups[1].Value, CultureInfo.InvariantCulture, out var major))
        {
            return (0, 0, 0);
        }
        _ = int.TryParse(parts.Groups[3].Value, CultureInfo.InvariantCulture, out var minor);
        return (
            parts.Groups[2].Value switch
            {
                "" => 3,
                "beta" => 2,
                _ => 1,
            },
            major,
            minor
        );
    }

    [GeneratedRegex("^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$")]
    private static partial Regex KubernetesVersion();
}
