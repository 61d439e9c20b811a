using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tombolo.Values.Cni;

namespace Tombolo.Cni;

/// <summary>
/// The CNI plugin (CNI spec 1.1 and back to 0.3.1): reads what the runtime says, asks the node's agent, prints what it
/// answers. It decides nothing and keeps nothing.
/// </summary>
public static class Plugin
{
    /// <returns>0, or 1 with an error object on the standard output, as the spec has it.</returns>
    public static async Task<int> RunAsync(
        Func<string, string?> environment,
        System.IO.Stream input,
        System.IO.Stream output,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(output);
        string? version = null;
        try
        {
            var command = environment("CNI_COMMAND");
            var configuration = await ReadAsync(input, mayBeEmpty: command == "VERSION");
            version = configuration.CniVersion;
            if (command == "VERSION")
            {
                var versions = new CniVersions(version ?? PluginVersions.Latest, PluginVersions.Supported);
                await WriteAsync(output, versions, CniJson.Default.CniVersions);
                return 0;
            }
            PluginVersions.Require(version, command);
            if (string.IsNullOrEmpty(configuration.Socket))
            {
                throw new PluginException(
                    CniErrorCode.InvalidConfiguration,
                    "the network configuration has no 'socket'",
                    "write the path of the agent's socket, e.g. \"socket\": \"/run/tombolo/agent.sock\""
                );
            }
            var request = PluginRequest.Of(command!, configuration, environment);
            var answer = await AgentSocket.AskAsync(configuration.Socket, request, time);
            if (answer.Error is { } error)
            {
                throw new PluginException(error.Code, error.Msg, error.Details);
            }
            if (command == "ADD")
            {
                var result =
                    answer.Result
                    ?? throw new PluginException(CniErrorCode.Internal, "the agent's answer has no result", null);
                await WriteAsync(output, PluginVersions.Shaped(result, version!), CniJson.Default.CniResult);
            }
            return 0;
        }
        catch (PluginException refused)
        {
            await WriteAsync(
                output,
                new CniError(version ?? PluginVersions.Latest, refused.Code, refused.Message, refused.Details),
                CniJson.Default.CniError
            );
            return 1;
        }
    }

    // Runtimes ask for the versions with a configuration, with a version alone, and some with nothing.
    private static async Task<CniConfiguration> ReadAsync(System.IO.Stream input, bool mayBeEmpty)
    {
        using var octets = new MemoryStream();
        await input.CopyToAsync(octets);
        if (mayBeEmpty && octets.Length == 0)
        {
            return new CniConfiguration(null, null, null, null);
        }
        octets.Position = 0;
        try
        {
            return await JsonSerializer.DeserializeAsync(octets, CniJson.Default.CniConfiguration)
                ?? throw new PluginException(
                    CniErrorCode.Decode,
                    "the network configuration on standard input is null",
                    null
                );
        }
        catch (JsonException broken)
        {
            throw new PluginException(
                CniErrorCode.Decode,
                "the network configuration on standard input cannot be read",
                broken.Message
            );
        }
    }

    private static Task WriteAsync<T>(System.IO.Stream output, T what, JsonTypeInfo<T> shape) =>
        JsonSerializer.SerializeAsync(output, what, shape);
}
