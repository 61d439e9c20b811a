using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tombolo.Lab.Api;
using Tombolo.Lab.Sandboxes;
using Tombolo.Linux;

namespace Tombolo.Lab.Reach;

/// <summary>Measures who reaches whom among a lab's echo pods, by connecting from inside each pod's namespace.</summary>
public static class Reachability
{
    public const int Port = 8080;
    private const string Image = "lab/echo";
    private static readonly string[] Protocols = ["tcp", "udp"];

    // Bounds descriptors, and keeps a small machine from missing deadlines by its own load.
    private const int AtOnce = 512;

    public static async Task<ReachReport> MeasureAsync(LabPlace place, LabApi api, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(api);
        var pods = await PodsAsync(place, api, cancel);
        using var room = new SemaphoreSlim(AtOnce);
        var results = new List<Task<ReachResult>>();
        foreach (var from in pods)
        {
            // As many as fit are made by one visit to the namespace.
            var rows = pods.Where(to => to != from)
                .SelectMany(to =>
                    to.Addresses.SelectMany(address => Protocols.Select(protocol => (to, address, protocol)))
                );
            foreach (var batch in rows.Chunk(AtOnce / 4))
            {
                foreach (var _ in batch)
                {
                    await room.WaitAsync(cancel);
                }
                var sockets = Netns.Run(
                    from.Netns,
                    () => batch.Select(row => Probe.Open(IPAddress.Parse(row.address), row.protocol)).ToList()
                );
                results.AddRange(batch.Zip(sockets, (row, socket) => AskAsync(from, row, socket, room, cancel)));
            }
        }
        return new ReachReport(pods, await Task.WhenAll(results));
    }

    /// <summary>The Running echo pods, by name.</summary>
    public static async Task<IReadOnlyList<ReachPod>> PodsAsync(LabPlace place, LabApi api, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(api);
        var listed = await api.ListAsync("/api/v1/pods", cancel);
        var interfaces = await api.ListAsync("/apis/net.tombolo.dev/v1alpha1/networkinterfaces", cancel);
        var networks = interfaces
            .Select(item => item["spec"])
            .GroupBy(spec => (string?)spec?["pod"]?["uid"] ?? "")
            .ToDictionary(of => of.Key, of => (string?)of.First()?["network"] ?? "");
        var namespaces = Netnses(place);
        var pods = new List<ReachPod>();
        foreach (var pod in listed.Where(IsRunningEcho))
        {
            var uid = (string?)pod["metadata"]?["uid"] ?? "";
            if (namespaces.TryGetValue(uid, out var netns))
            {
                pods.Add(
                    new ReachPod(
                        (string?)pod["metadata"]?["namespace"] ?? "",
                        (string?)pod["metadata"]?["name"] ?? "",
                        (string?)pod["spec"]?["nodeName"] ?? "",
                        networks.GetValueOrDefault(uid, ""),
                        [.. (pod["status"]?["podIPs"] as JsonArray ?? []).Select(ip => (string?)ip?["ip"] ?? "")],
                        netns
                    )
                );
            }
        }
        return [.. pods.OrderBy(pod => pod.Id, StringComparer.Ordinal)];
    }

    private static bool IsRunningEcho(JsonObject pod) =>
        (string?)pod["status"]?["phase"] == "Running"
        && pod["metadata"]?["deletionTimestamp"] is null
        && (pod["spec"]?["containers"] as JsonArray ?? []).Any(one => ((string?)one?["image"])?.Split(':')[0] == Image);

    /// <summary>The pods' network namespaces by the pods' uids.</summary>
    private static Dictionary<string, string> Netnses(LabPlace place)
    {
        var found = new Dictionary<string, string>();
        foreach (var node in LabSpec.Read(place)?.All ?? [])
        {
            var pods = place.NodePods(node.Name);
            foreach (var home in Directory.Exists(pods) ? Directory.EnumerateDirectories(pods) : [])
            {
                if (SandboxRecord.Read(home) is { Holder.IsAlive: true } sandbox)
                {
                    found[sandbox.PodUid] = sandbox.Netns;
                }
            }
        }
        return found;
    }

    private static async Task<ReachResult> AskAsync(
        ReachPod from,
        (ReachPod To, string Address, string Protocol) row,
        Socket socket,
        SemaphoreSlim room,
        CancellationToken cancel
    )
    {
        try
        {
            using (socket)
            {
                var to = new IPEndPoint(IPAddress.Parse(row.Address), Port);
                var (reached, answeredBy) = await Probe.AskAsync(socket, to, cancel);
                return new ReachResult(from.Id, row.To.Id, row.Address, Port, row.Protocol, reached, answeredBy);
            }
        }
        finally
        {
            room.Release();
        }
    }
}
