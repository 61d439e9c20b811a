using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Runs plugins as libcni does: a chain forwards for ADD, backwards for DEL, each fed the result before it.</summary>
/// <param name="binaries">Folders that plugins are looked for in, in order.</param>
internal sealed class CniRuntime(IReadOnlyList<string> binaries)
{
    // containerd gives no limit, the kubelet's runtime request two minutes; a plugin that takes longer is killed.
    private static readonly TimeSpan PluginTimeout = TimeSpan.FromMinutes(1);

    /// <returns>The last plugin's result.</returns>
    /// <exception cref="CniException">A plugin refused; what those before it made is there until DEL.</exception>
    public async Task<JsonNode?> AddAsync(NetworkConfig config, CniAttachment attachment, CancellationToken cancel)
    {
        JsonNode? result = null;
        foreach (var plugin in config.Plugins)
        {
            var output = await RunAsync(config, plugin, "ADD", attachment, result, cancel);
            result = ResultOf(config, plugin, output);
        }
        return result;
    }

    /// <summary>Succeeds also where nothing is left to take away.</summary>
    /// <param name="result">What ADD gave; null if it failed or is not known.</param>
    /// <exception cref="CniException">A plugin could not; to be tried again.</exception>
    public async Task DeleteAsync(
        NetworkConfig config,
        CniAttachment attachment,
        JsonNode? result,
        CancellationToken cancel
    )
    {
        foreach (var plugin in config.Plugins.Reverse())
        {
            await RunAsync(config, plugin, "DEL", attachment, result, cancel);
        }
    }

    private async Task<string> RunAsync(
        NetworkConfig config,
        JsonObject plugin,
        string command,
        CniAttachment attachment,
        JsonNode? previousResult,
        CancellationToken cancel
    )
    {
        var type = plugin["type"]!.ToString(); // checked when the configuration was read
        var start = new ProcessStartInfo(PathOf(type))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in attachment.Environment(command, string.Join(':', binaries)))
        {
            start.Environment[name] = value;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(PluginTimeout);
        using var process = Start(start, type);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await WriteAsync(process, config.InputOf(plugin, previousResult));
            await Task.WhenAll(output, errors, process.WaitForExitAsync(deadline.Token));
            return process.ExitCode == 0
                ? await output
                : throw new CniException(
                    $"plugin type=\"{type}\" name=\"{config.Name}\" failed ({command.ToLowerInvariant()}): "
                        + Refusal(await output, await errors, process.ExitCode)
                );
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new CniException(
                $"plugin type=\"{type}\" name=\"{config.Name}\" failed ({command.ToLowerInvariant()}): "
                    + $"no answer within {PluginTimeout.TotalSeconds:0} s"
            );
        }
    }

    private string PathOf(string type)
    {
        if (type.Contains('/') || type is "." or "..")
        {
            throw new CniException($"invalid plugin type \"{type}\"");
        }
        return binaries.Select(folder => Path.Combine(folder, type)).FirstOrDefault(File.Exists)
            ?? throw new CniException($"failed to find plugin \"{type}\" in path [{string.Join(' ', binaries)}]");
    }

    private static Process Start(ProcessStartInfo start, string type)
    {
        try
        {
            return Process.Start(start) ?? throw new CniException($"plugin type=\"{type}\" does not start");
        }
        catch (System.ComponentModel.Win32Exception broken)
        {
            throw new CniException($"plugin type=\"{type}\" does not start: {broken.Message}");
        }
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all; its exit code and words say why.
        }
    }

    private static JsonNode? ResultOf(NetworkConfig config, JsonObject plugin, string output)
    {
        try
        {
            return string.IsNullOrWhiteSpace(output) ? null : JsonNode.Parse(output);
        }
        catch (JsonException broken)
        {
            throw new CniException(
                $"plugin type=\"{plugin["type"]}\" name=\"{config.Name}\": its result is no JSON: {broken.Message}"
            );
        }
    }

    /// <summary>The error object that the spec asks for (§5), or what the plugin said instead.</summary>
    private static string Refusal(string output, string errors, int exitCode)
    {
        try
        {
            if (JsonNode.Parse(output) is JsonObject error && error["msg"] is JsonValue message)
            {
                var details = error["details"]?.ToString();
                return $"code {error["code"]?.ToString() ?? "?"}: {message}"
                    + (string.IsNullOrEmpty(details) ? "" : $"; {details}");
            }
        }
        catch (JsonException)
        {
            // It broke its own protocol: say what there is.
        }
        var said = string.Join("; ", new[] { output.Trim(), errors.Trim() }.Where(text => text.Length > 0));
        return $"exit code {exitCode}, {(said.Length == 0 ? "and no error message" : said)}";
    }
}
