using System.Text.Json;

namespace Tombolo.Cluster.Client;

/// <summary>Failures that a loop survives: the API server refuses, is away, or breaks off in mid-sentence.</summary>
internal static class Transient
{
    public static bool Is(Exception broken) =>
        broken is RefusedException or HttpRequestException or IOException or JsonException;
}
