using System.Text;
using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>The text of a pod's <c>/etc/resolv.conf</c>, by its dnsPolicy and dnsConfig.</summary>
internal static class ResolvConf
{
    /// <returns>Null: the host's file.</returns>
    public static string? Of(V1Pod pod, IReadOnlyList<string> clusterDns, string clusterDomain)
    {
        var policy = pod.Spec.DnsPolicy ?? "ClusterFirst";
        var own = pod.Spec.DnsConfig;
        var inCluster =
            policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && pod.Spec.HostNetwork != true);
        if (policy != "None" && own is null && (!inCluster || clusterDns.Count == 0))
        {
            return null;
        }
        var first = inCluster ? clusterDns : [];
        string[] domains =
        [
            $"{pod.Metadata.NamespaceProperty}.svc.{clusterDomain}",
            $"svc.{clusterDomain}",
            clusterDomain,
        ];
        var searches = (first.Count > 0 ? domains : []).Concat(own?.Searches ?? []).Distinct().ToList();
        var options = (own?.Options ?? [])
            .Select(option => option.Value is null ? option.Name : $"{option.Name}:{option.Value}")
            .ToList();
        if (first.Count > 0 && !options.Exists(option => option.StartsWith("ndots", StringComparison.Ordinal)))
        {
            options.Insert(0, "ndots:5");
        }
        var text = new StringBuilder();
        foreach (var server in first.Concat(own?.Nameservers ?? []).Distinct())
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }
        Line(text, "search", searches);
        Line(text, "options", options);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, List<string> words)
    {
        if (words.Count > 0)
        {
            text.Append(name).Append(' ').AppendJoin(' ', words).Append('\n');
        }
    }
}
