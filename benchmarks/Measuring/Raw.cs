using System.Text.Json;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>Slices as they were measured, kept so that anybody can compute the figures again.</summary>
internal static class Raw
{
    private static readonly string Began = $"{DateTime.UtcNow:yyyyMMddTHHmmss}";

    /// <summary>Writes what a family has so far; a later call of the same run replaces it.</summary>
    /// <returns>The file.</returns>
    public static string Save<T>(string family, IReadOnlyList<T> slices)
    {
        Directory.CreateDirectory(".bench");
        var path = $".bench/{family}-{Began}-slices.json";
        var draft = path + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(new { machine = Machine.Here(), slices }, Row.Json));
        File.Move(draft, path, overwrite: true);
        return path;
    }
}
