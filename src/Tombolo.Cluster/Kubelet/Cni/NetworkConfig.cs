using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A network configuration list (CNI spec 1.1 §1) as a file says it.</summary>
/// <param name="CniVersion">The highest that both the file and we know.</param>
/// <param name="Plugins">Their objects as written: a plugin's own keys are its own.</param>
internal sealed record NetworkConfig(string Name, string CniVersion, IReadOnlyList<JsonObject> Plugins)
{
    private static readonly string[] KnownVersions = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
    private static readonly string[] Extensions = [".conf", ".conflist", ".json"];

    /// <summary>The first configuration of the folder in lexical order that can be read, as its text; null if there is none.</summary>
    public static string? FirstIn(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }
        var files = Directory
            .EnumerateFiles(directory)
            .Where(file => Extensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            try
            {
                var text = File.ReadAllText(file);
                Parse(text);
                return text;
            }
            catch (Exception broken) when (broken is CniException or IOException or UnauthorizedAccessException)
            {
                // A file half written or broken is passed over, as libcni's callers do.
            }
        }
        return null;
    }

    /// <exception cref="CniException">It is no network configuration.</exception>
    public static NetworkConfig Parse(string text)
    {
        JsonObject config;
        try
        {
            config = JsonNode.Parse(text) as JsonObject ?? throw new CniException("network configuration: no object");
        }
        catch (JsonException broken)
        {
            throw new CniException($"network configuration: no JSON: {broken.Message}");
        }
        var name = Text(config, "name");
        if (string.IsNullOrEmpty(name))
        {
            throw new CniException("network configuration: no name");
        }
        var plugins = config["plugins"] switch
        {
            JsonArray list => list.OfType<JsonObject>().ToList(),
            null when config["type"] is not null => [config],
            _ => throw new CniException($"network configuration {name}: no list of plugins"),
        };
        if (plugins.Count == 0 || plugins.Any(plugin => string.IsNullOrEmpty(Text(plugin, "type"))))
        {
            throw new CniException($"network configuration {name}: no plugins, or one without a type");
        }
        return new NetworkConfig(name, VersionOf(config, name), plugins);
    }

    /// <summary>What one plugin reads on its standard input.</summary>
    public string InputOf(JsonObject plugin, JsonNode? previousResult)
    {
        var input = (JsonObject)plugin.DeepClone();
        input.Remove("cniVersions");
        input["name"] = Name;
        input["cniVersion"] = CniVersion;
        if (previousResult is not null)
        {
            input["prevResult"] = previousResult.DeepClone();
        }
        return input.ToJsonString();
    }

    // Spec 1.1: cniVersions lists what a configuration supports beside cniVersion; the runtime takes the highest it knows.
    private static string VersionOf(JsonObject config, string name)
    {
        var given = (config["cniVersions"] as JsonArray ?? []).Select(version => (version as JsonValue)?.ToString());
        given = given.Append(Text(config, "cniVersion") ?? "0.3.0");
        return KnownVersions.LastOrDefault(version => given.Contains(version))
            ?? throw new CniException(
                $"network configuration {name}: cniVersion {string.Join(", ", given)} is not known"
            );
    }

    private static string? Text(JsonObject from, string key) =>
        from[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
