using Tombolo.Values.Cni;

namespace Tombolo.Cni;

/// <summary>Versions of the CNI specification that the plugin speaks, oldest first, and what came with which.</summary>
public static class PluginVersions
{
    public static readonly IReadOnlyList<string> Supported = ["0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    public static string Latest => Supported[^1];

    private static readonly Dictionary<string, string> Since = new(StringComparer.Ordinal)
    {
        ["ADD"] = "0.3.1",
        ["DEL"] = "0.3.1",
        ["CHECK"] = "0.4.0",
        ["GC"] = "1.1.0",
        ["STATUS"] = "1.1.0",
    };

    /// <exception cref="PluginException">The version or the command is not known, or the version has no such command.</exception>
    public static void Require(string? version, string? command)
    {
        if (version is null || !Supported.Contains(version))
        {
            throw new PluginException(
                CniErrorCode.IncompatibleVersion,
                version is null
                    ? "the network configuration has no 'cniVersion'"
                    : $"cniVersion '{version}' is not supported",
                $"supported: {string.Join(", ", Supported)}"
            );
        }
        if (command is null || !Since.TryGetValue(command, out var since))
        {
            throw new PluginException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_COMMAND '{command}' is not known",
                $"known: VERSION, {string.Join(", ", Since.Keys)}"
            );
        }
        if (!Supported.SkipWhile(one => one != since).Contains(version))
        {
            throw new PluginException(
                CniErrorCode.IncompatibleVersion,
                $"cniVersion '{version}' has no {command}",
                $"it came with {since}: write that, or a later one, into the network configuration"
            );
        }
    }

    /// <summary>A result in the shape of its version: until 0.4.0 addresses say their family, from 1.1.0 interfaces their
    /// MTU.</summary>
    public static CniResult Shaped(CniResult result, string version)
    {
        ArgumentNullException.ThrowIfNull(result);
        var tellsFamily = version is "0.3.1" or "0.4.0";
        return result with
        {
            CniVersion = version,
            Interfaces =
                version == Latest
                    ? result.Interfaces
                    : [.. (result.Interfaces ?? []).Select(one => one with { Mtu = null })],
            Ips = [.. (result.Ips ?? []).Select(one => one with { Version = tellsFamily ? FamilyOf(one) : null })],
        };
    }

    private static string FamilyOf(CniAddress one) => one.Address.Contains(':', StringComparison.Ordinal) ? "6" : "4";
}
