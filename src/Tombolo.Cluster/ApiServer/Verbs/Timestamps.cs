namespace Tombolo.Cluster.ApiServer;

/// <summary>Times as objects carry them: UTC in whole seconds.</summary>
internal static class Timestamps
{
    public static string Shown(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
