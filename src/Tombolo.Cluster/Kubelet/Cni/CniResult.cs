using System.Net;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What a kubelet reads of the result of ADD (CNI spec 1.1 §5).</summary>
internal static class CniResult
{
    /// <summary>The pod's addresses: the first of each family on an interface of the sandbox, in the result's order.</summary>
    /// <exception cref="CniException">It has none, or one that is no address.</exception>
    public static IReadOnlyList<string> PodAddresses(JsonNode? result)
    {
        var interfaces = (result?["interfaces"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var addresses = new List<IPAddress>();
        foreach (var item in (result?["ips"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (item["interface"] is JsonValue number && number.TryGetValue<int>(out var at) && OnHost(interfaces, at))
            {
                continue;
            }
            var text = item["address"]?.ToString() ?? "";
            if (!IPNetwork.TryParse(NetworkOf(text), out _) || !IPAddress.TryParse(text.Split('/')[0], out var address))
            {
                throw new CniException($"the plugin's result has an address that is none: '{text}'");
            }
            if (addresses.All(other => other.AddressFamily != address.AddressFamily))
            {
                addresses.Add(address);
            }
        }
        return addresses.Count > 0
            ? [.. addresses.Select(address => address.ToString())]
            : throw new CniException("the plugin's result has no address");
    }

    private static bool OnHost(List<JsonObject> interfaces, int at) =>
        at >= 0 && at < interfaces.Count && string.IsNullOrEmpty(interfaces[at]["sandbox"]?.ToString());

    // IPNetwork wants host bits of zero; an interface's address has them.
    private static string NetworkOf(string text)
    {
        var slash = text.IndexOf('/');
        return slash < 0 ? "" : (text.Contains(':') ? "::" : "0.0.0.0") + text[slash..];
    }
}
