using System.Net.Sockets;
using System.Text.Json;
using Tombolo.Values.Cni;

namespace Tombolo.Cni;

/// <summary>
/// The CNI plugin (CNI spec 1.1): reads what the runtime says, asks the node's agent, prints what it answers. It decides
/// nothing and keeps nothing.
/// </summary>
public static class Plugin
{
    private static readonly string[] Versions = ["1.1.0"];

    // ADD waits in the agent for at most 10 s for an interface that it does not know yet; a little more than that.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    /// <returns>0, or 1 with an error object on the standard output, as the spec has it.</returns>
    public static async Task<int> RunAsync(
        Func<string, string?> environment,
        System.IO.Stream input,
        System.IO.Stream output
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(output);
        var version = Versions[^1];
        try
        {
            var command = environment("CNI_COMMAND");
            if (command == "VERSION")
            {
                await JsonSerializer.SerializeAsync(
                    output,
                    new CniVersions(version, Versions),
                    CniJson.Default.CniVersions
                );
                return 0;
            }
            var configuration = await ReadAsync(input);
            version = configuration.CniVersion ?? version;
            if (!Versions.Contains(version))
            {
                throw new PluginException(
                    CniErrorCode.IncompatibleVersion,
                    $"cniVersion '{version}' is not supported",
                    $"supported: {string.Join(", ", Versions)}"
                );
            }
            if (string.IsNullOrEmpty(configuration.Socket))
            {
                throw new PluginException(
                    CniErrorCode.InvalidConfiguration,
                    "the network configuration has no 'socket'",
                    "write the path of the agent's socket, e.g. \"socket\": \"/run/tombolo/agent.sock\""
                );
            }
            var request = Request(command, version, environment);
            var answer = await AskAsync(configuration.Socket, request);
            if (answer.Error is { } error)
            {
                await JsonSerializer.SerializeAsync(output, error, CniJson.Default.CniError);
                return 1;
            }
            if (answer.Result is { } result)
            {
                await JsonSerializer.SerializeAsync(output, result, CniJson.Default.CniResult);
            }
            return 0;
        }
        catch (PluginException refused)
        {
            await JsonSerializer.SerializeAsync(
                output,
                new CniError(version, refused.Code, refused.Message, refused.Details),
                CniJson.Default.CniError
            );
            return 1;
        }
    }

    private static async Task<CniConfiguration> ReadAsync(System.IO.Stream input)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(input, CniJson.Default.CniConfiguration)
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
                "the network configuration on standard input is no JSON",
                broken.Message
            );
        }
    }

    private static CniRequest Request(string? command, string version, Func<string, string?> environment)
    {
        if (command is not ("ADD" or "DEL"))
        {
            throw new PluginException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_COMMAND '{command}' is not supported",
                "ADD, DEL, VERSION"
            );
        }
        string Needed(string name) =>
            environment(name) is { Length: > 0 } value
                ? value
                : throw new PluginException(CniErrorCode.InvalidEnvironment, $"{name} is not set", null);
        var arguments = Arguments(environment("CNI_ARGS"));
        return new CniRequest(
            command,
            version,
            Needed("CNI_CONTAINERID"),
            command == "ADD" ? Needed("CNI_NETNS") : environment("CNI_NETNS") ?? "",
            Needed("CNI_IFNAME"),
            arguments.GetValueOrDefault("K8S_POD_NAMESPACE", ""),
            arguments.GetValueOrDefault("K8S_POD_NAME", ""),
            arguments.GetValueOrDefault("K8S_POD_UID", "")
        );
    }

    // KEY=VALUE pairs separated by semicolons.
    private static Dictionary<string, string> Arguments(string? text)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new PluginException(CniErrorCode.InvalidEnvironment, $"CNI_ARGS: '{pair}' is no KEY=VALUE", null);
            }
            arguments[pair[..equals]] = pair[(equals + 1)..];
        }
        return arguments;
    }

    private static async Task<CniAnswer> AskAsync(string path, CniRequest request)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin);
        try
        {
            using var socket = new Socket(
                System.Net.Sockets.AddressFamily.Unix,
                SocketType.Stream,
                ProtocolType.Unspecified
            );
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
            await using var stream = new NetworkStream(socket);
            await JsonSerializer.SerializeAsync(stream, request, CniJson.Default.CniRequest, deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
            return await JsonSerializer.DeserializeAsync(stream, CniJson.Default.CniAnswer, deadline.Token)
                ?? throw new PluginException(CniErrorCode.Io, "the agent gave an empty answer", null);
        }
        catch (Exception broken) when (broken is SocketException or IOException or JsonException)
        {
            throw new PluginException(
                CniErrorCode.TryAgainLater,
                $"the agent at {path} does not answer",
                broken.Message
            );
        }
        catch (OperationCanceledException)
        {
            throw new PluginException(
                CniErrorCode.TryAgainLater,
                $"the agent at {path} gave no answer within {AnswerWithin.TotalSeconds:0} s",
                null
            );
        }
    }
}
