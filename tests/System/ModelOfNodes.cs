using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Tombolo.Tests.SystemTests;

/// <summary>
/// What each node's kernel must hold, told anew from the cluster's objects alone: no line of it is shared with the model.
/// For the networks that a node has pods of, every subnet and every address of every pod, where it is and by which label.
/// </summary>
internal static class ModelOfNodes
{
    /// <summary>Waits until the maps of each node equal the model, and says by which lines they differ if they never do.</summary>
    public static async Task AssertHeldAsync(LabUnderTest lab, double seconds = LabUnderTest.Minutes)
    {
        foreach (var node in lab.Nodes)
        {
            var looked = Stopwatch.StartNew();
            await Wait.UntilRightAsync(
                async () =>
                    await DifferenceAsync(lab, node) is { } difference
                        ? $"{node} differs.\n{difference}{(looked.Elapsed.TotalSeconds < seconds ? "" : lab.Logs())}"
                        : null,
                seconds
            );
        }
    }

    /// <summary>In words, or null; an agent that was just killed may not be asked yet, and that is no difference of maps.</summary>
    private static async Task<string?> DifferenceAsync(LabUnderTest lab, string node)
    {
        var wanted = await WantedAsync(lab, node);
        var (code, said) = lab.AskTombolo(DumpOf(lab, node));
        if (code != 0)
        {
            return $"its dump: {said}";
        }
        var held = Held(said);
        return wanted.SetEquals(held)
            ? null
            : $"missing:\n{string.Join('\n', wanted.Except(held))}\ntoo much:\n{string.Join('\n', held.Except(wanted))}";
    }

    private static async Task<SortedSet<string>> WantedAsync(LabUnderTest lab, string node)
    {
        var interfaces = (await lab.ItemsAsync("networkinterfaces"))
            .Where(one => (string?)one["status"]?["state"] is "Up" or "up" or "bound" or "Bound")
            .ToList();
        var networks = (await lab.ItemsAsync("virtualnetworks")).ToDictionary(NameOf);
        var subnets = (await lab.ItemsAsync("subnets")).ToDictionary(NameOf);
        var underlays = (await lab.ItemsAsync("nodes")).ToDictionary(
            one => (string)one["metadata"]!["name"]!,
            one =>
                (string)
                    one["status"]!["addresses"]!.AsArray().First(a => (string?)a!["type"] == "InternalIP")!["address"]!
        );
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (
            var network in interfaces
                .Where(one => (string?)one["status"]!["node"] == node)
                .Select(one => (string)one["spec"]!["network"]!)
                .Distinct()
        )
        {
            var vrf = (int)networks[network]["status"]!["vrfIndex"]!;
            foreach (var subnet in networks[network]["spec"]!["subnets"]!.AsArray())
            {
                var space = (string?)subnet!["namespace"] ?? network.Split('/')[0];
                lines.Add($"{vrf} {subnets[$"{space}/{(string)subnet["name"]!}"]["spec"]!["cidr"]} connected");
            }
            foreach (var one in interfaces.Where(one => (string?)one["spec"]!["network"] == network))
            {
                var at = (string)one["status"]!["node"]!;
                var label = (int)one["status"]!["label"]!;
                var to = at == node ? $"here {one["spec"]!["mac"]}" : $"vxlan {underlays[at]} label {label}";
                foreach (var address in one["spec"]!["addresses"]!.AsArray().Select(a => (string)a!))
                {
                    lines.Add($"{vrf} {address}/{(address.Contains(':') ? 128 : 32)} {to}");
                }
                if (at == node)
                {
                    lines.Add($"label {label} vrf {vrf}");
                }
            }
        }
        return lines;
    }

    /// <summary>What the maps of a node hold, a line each.</summary>
    public static SortedSet<string> Held(LabUnderTest lab, string node) => Held(lab.Tombolo(0, DumpOf(lab, node)));

    private static string[] DumpOf(LabUnderTest lab, string node) =>
        ["node", "dump", node, "-o", "json", "--kubeconfig", lab.Place.Kubeconfig];

    private static SortedSet<string> Held(string dump)
    {
        var kernel = JsonNode.Parse(dump)!["kernel"]!;
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var route in kernel["routes"]!.AsArray())
        {
            var to = (string)route!["to"]!;
            to = to.StartsWith("interface ", StringComparison.Ordinal) ? $"here {to.Split(' ')[2]}" : to;
            var flags = (bool)route["notUp"]! ? " not up" : "";
            lines.Add($"{route["vrf"]} {route["prefix"]} {to}{flags}");
        }
        foreach (var label in kernel["labels"]!.AsArray())
        {
            lines.Add($"label {label!["value"]} vrf {label["vrf"]}");
        }
        Assert.Equal(kernel["labels"]!.AsArray().Count, kernel["interfaces"]!.AsArray().Count);
        return lines;
    }

    private static string NameOf(JsonObject item) => $"{item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}";
}
