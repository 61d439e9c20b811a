using System.Text.RegularExpressions;

namespace Tombolo.Linux.Preflight;

/// <summary>Rules that may stand in the way of tunnels, in the words of <c>nft list ruleset</c> or <c>iptables-save</c>.</summary>
/// <remarks>
/// Our programs run before the host's own INPUT and behind its OUTPUT, so such rules rarely do harm here; where this machine
/// forwards for others, and in nftables' <c>netdev</c> tables, they do.
/// </remarks>
public static partial class FirewallRules
{
    /// <param name="ruleset">Null: there is no such program here.</param>
    public static Finding Of(string? ruleset)
    {
        if (ruleset is null)
        {
            return new Finding("firewall", Level.Ok, "neither nft nor iptables-save is here: not looked at");
        }
        var rules = ruleset
            .Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => Port().IsMatch(line) && Refusal().IsMatch(line))
            .ToList();
        return rules.Count == 0
            ? new Finding("firewall", Level.Ok, "no rule names UDP 4789 or 6635 and drops")
            : new Finding(
                "firewall",
                Level.Warn,
                $"{rules.Count} that may drop tunnels, e.g. '{rules[0]}'",
                "let UDP 4789 and 6635 pass between the underlay addresses of nodes and gateways"
            );
    }

    [GeneratedRegex(@"\b(4789|6635)\b")]
    private static partial Regex Port();

    [GeneratedRegex(@"\b(drop|reject)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();
}
