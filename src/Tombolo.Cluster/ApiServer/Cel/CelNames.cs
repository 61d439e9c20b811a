namespace Tombolo.Cluster.ApiServer;

/// <summary>Field names that are no CEL names are written escaped.</summary>
internal static class CelNames
{
    /// <summary><c>a__dash__b</c> → <c>a-b</c>; <c>__in__</c> → <c>in</c>.</summary>
    public static string Plain(string name)
    {
        if (
            name.Length > 4
            && name.StartsWith("__", StringComparison.Ordinal)
            && name.EndsWith("__", StringComparison.Ordinal)
        )
        {
            return name[2..^2];
        }
        return name.Replace("__dash__", "-")
            .Replace("__dot__", ".")
            .Replace("__slash__", "/")
            .Replace("__underscores__", "__");
    }
}
