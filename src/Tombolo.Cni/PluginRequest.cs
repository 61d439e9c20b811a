using System.Text.Json;
using System.Text.RegularExpressions;
using Tombolo.Values.Cni;

namespace Tombolo.Cni;

/// <summary>From the runtime's environment and configuration to what the agent is asked; whatever is wrong is named.</summary>
internal static partial class PluginRequest
{
    // CNI spec 1.1 §2: network names and container ids; an interface's name as Linux has it.
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.\-]*\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[^/:\s]{1,15}\z")]
    private static partial Regex InterfaceName();

    /// <exception cref="PluginException">A variable or a field is missing or wrong; the message names it.</exception>
    public static CniRequest Of(string command, CniConfiguration configuration, Func<string, string?> environment)
    {
        var version = configuration.CniVersion!; // checked before
        var network = configuration.Name ?? "";
        if (command is "ADD" or "GC" || network.Length > 0)
        {
            RequireNetwork(network);
        }
        if (command == "STATUS")
        {
            return new CniRequest(command, version, "", "", "", "", "", "", network);
        }
        if (command == "GC")
        {
            return new CniRequest(command, version, "", "", "", "", "", "", network, ValidIn(configuration));
        }
        var arguments = Arguments(environment("CNI_ARGS"));
        var request = new CniRequest(
            command,
            version,
            Matching("CNI_CONTAINERID", environment, Identifier(), "it is letters, digits, '_', '.' and '-'"),
            command == "DEL" ? environment("CNI_NETNS") ?? "" : Needed("CNI_NETNS", environment),
            Matching(
                "CNI_IFNAME",
                environment,
                InterfaceName(),
                "a link's name is 1 to 15 characters without '/', ':' and spaces"
            ),
            arguments.GetValueOrDefault("K8S_POD_NAMESPACE", ""),
            arguments.GetValueOrDefault("K8S_POD_NAME", ""),
            arguments.GetValueOrDefault("K8S_POD_UID", ""),
            network,
            PrevResult: command == "CHECK" ? PrevResultIn(configuration) : null
        );
        return command == "ADD" && request.PodUid.Length == 0 && (request.PodNamespace == "" || request.PodName == "")
            ? throw new PluginException(
                CniErrorCode.InvalidEnvironment,
                "CNI_ARGS names no pod",
                "it has K8S_POD_UID, or K8S_POD_NAMESPACE and K8S_POD_NAME"
            )
            : request;
    }

    private static void RequireNetwork(string network)
    {
        if (!Identifier().IsMatch(network))
        {
            throw new PluginException(
                CniErrorCode.InvalidConfiguration,
                network.Length == 0
                    ? "the network configuration has no 'name'"
                    : $"the network configuration's name '{network}' is not valid",
                "write a name of letters, digits, '_', '.' and '-', e.g. \"name\": \"tombolo\""
            );
        }
    }

    // Without the list nothing would be valid, and every pod be cut off.
    private static IReadOnlyList<CniAttachmentKey> ValidIn(CniConfiguration configuration) =>
        configuration.Valid is { } valid && valid.All(one => one is { ContainerId.Length: > 0, Interface.Length: > 0 })
            ? valid
            : throw new PluginException(
                CniErrorCode.InvalidConfiguration,
                "GC: the configuration has no valid 'cni.dev/valid-attachments'",
                "a list of {\"containerID\": …, \"ifname\": …}, empty if no container is left"
            );

    private static CniResult PrevResultIn(CniConfiguration configuration)
    {
        if (configuration.PrevResult is not { ValueKind: JsonValueKind.Object } previous)
        {
            throw new PluginException(
                CniErrorCode.InvalidConfiguration,
                "CHECK: the configuration has no 'prevResult'",
                "the runtime adds what ADD gave it"
            );
        }
        try
        {
            return previous.Deserialize(CniJson.Default.CniResult)!; // an object is never null
        }
        catch (JsonException broken)
        {
            throw new PluginException(CniErrorCode.Decode, "CHECK: 'prevResult' is no result of ADD", broken.Message);
        }
    }

    private static string Needed(string name, Func<string, string?> environment) =>
        environment(name) is { Length: > 0 } value
            ? value
            : throw new PluginException(CniErrorCode.InvalidEnvironment, $"{name} is not set", null);

    private static string Matching(string name, Func<string, string?> environment, Regex shape, string rule)
    {
        var value = Needed(name, environment);
        return shape.IsMatch(value)
            ? value
            : throw new PluginException(CniErrorCode.InvalidEnvironment, $"{name} '{value}' is not valid", rule);
    }

    // KEY=VALUE pairs separated by semicolons; keys that we do not know are others'.
    private static Dictionary<string, string> Arguments(string? text)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new PluginException(
                    CniErrorCode.InvalidEnvironment,
                    $"CNI_ARGS: '{pair}' is no KEY=VALUE",
                    "pairs are separated by ';'"
                );
            }
            arguments[pair[..equals]] = pair[(equals + 1)..];
        }
        return arguments;
    }
}
