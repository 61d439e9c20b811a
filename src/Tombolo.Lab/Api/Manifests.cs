using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Lab.Api;

/// <summary>Objects in YAML files, several a file, separated by lines of <c>---</c>.</summary>
internal static class Manifests
{
    /// <exception cref="LabException">A file is missing or is no YAML.</exception>
    public static IReadOnlyList<JsonObject> Read(string path)
    {
        try
        {
            return [.. Documents(File.ReadLines(path)).Select(YamlText.Parse).OfType<JsonObject>()];
        }
        catch (Exception broken) when (broken is FormatException or IOException)
        {
            throw new LabException($"{path}: {broken.Message}", broken);
        }
    }

    private static IEnumerable<byte[]> Documents(IEnumerable<string> lines)
    {
        var document = new StringBuilder();
        foreach (var line in lines)
        {
            if (line.TrimEnd() == "---")
            {
                yield return Encoding.UTF8.GetBytes(document.ToString());
                document.Clear();
            }
            else
            {
                document.Append(line).Append('\n');
            }
        }
        yield return Encoding.UTF8.GetBytes(document.ToString());
    }
}
