using System.Text.Json;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>Slices as they were measured, kept so that anybody can compute the figures again.</summary>
internal static class Raw
{
    public static void Save<T>(string family, IReadOnlyList<T> slices)
    {
        Directory.CreateDirectory(".bench");
        var path = $".bench/{family}-{DateTime.UtcNow:yyyyMMddTHHmmss}-slices.json";
        File.WriteAllText(path, JsonSerializer.Serialize(new { machine = Machine.Here(), slices }, Row.Json));
        Console.Error.WriteLine($"  slices: {path}");
    }
}
