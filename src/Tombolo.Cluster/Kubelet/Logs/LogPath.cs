namespace Tombolo.Cluster.Kubelet;

/// <summary>Where the output of a container's runs lies: a file per run, numbered by its restarts.</summary>
internal static class LogPath
{
    public static string Of(string podDirectory, string container, int restarts) =>
        Path.Combine(podDirectory, "logs", container, $"{restarts}.log");
}
