using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A node's status as its kubelet sees it. Pure.</summary>
internal static class NodeStatus
{
    private const string NoNetwork =
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin "
        + "returns error: cni plugin not initialized";

    /// <param name="before">Conditions that have not changed keep their time of transition.</param>
    /// <param name="hasNetwork">There is a CNI configuration.</param>
    public static V1NodeStatus Of(KubeletOptions options, int port, V1NodeStatus? before, bool hasNetwork, DateTime now)
    {
        var offers = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new(Environment.ProcessorCount.ToString()),
            ["memory"] = new($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024}Ki"),
            ["pods"] = new(options.MaxPods.ToString()),
        };
        return new V1NodeStatus
        {
            Addresses =
            [
                new() { Type = "InternalIP", Address = options.NodeAddress.ToString() },
                new() { Type = "Hostname", Address = options.NodeName },
            ],
            Capacity = offers,
            Allocatable = offers,
            DaemonEndpoints = new() { KubeletEndpoint = new() { Port = port } },
            NodeInfo = Info(),
            Conditions =
            [
                Condition(
                    "MemoryPressure",
                    "False",
                    "KubeletHasSufficientMemory",
                    "kubelet has sufficient memory available"
                ),
                Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                hasNetwork
                    ? Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
                    : Condition("Ready", "False", "KubeletNotReady", NoNetwork),
            ],
        };

        V1NodeCondition Condition(string type, string status, string reason, string message)
        {
            var old = before?.Conditions?.FirstOrDefault(c => c.Type == type);
            return new()
            {
                Type = type,
                Status = status,
                Reason = reason,
                Message = message,
                LastHeartbeatTime = now,
                LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            };
        }
    }

    /// <summary>Whether a write would change more than heartbeats; those are the Lease's, and five minutes are enough here.</summary>
    public static bool SaysTheSame(V1NodeStatus? now, V1NodeStatus wanted) =>
        now?.Conditions is { } conditions
        && wanted.Conditions.All(condition =>
            conditions.Any(c =>
                c.Type == condition.Type
                && c.Status == condition.Status
                && c.Reason == condition.Reason
                && condition.LastHeartbeatTime - c.LastHeartbeatTime < TimeSpan.FromMinutes(5)
            )
        )
        && now.DaemonEndpoints?.KubeletEndpoint?.Port == wanted.DaemonEndpoints.KubeletEndpoint.Port
        && now.Addresses?.Select(a => a.Address).SequenceEqual(wanted.Addresses.Select(a => a.Address)) == true
        && now.Capacity?.TryGetValue("pods", out var pods) == true
        && pods.ToString() == wanted.Capacity["pods"].ToString();

    private static V1NodeSystemInfo Info() =>
        new()
        {
            Architecture = System
                .Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString()
                .ToLowerInvariant(),
            OperatingSystem = "linux",
            OsImage = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            KernelVersion = Environment.OSVersion.Version.ToString(),
            ContainerRuntimeVersion = "lab://1",
            KubeletVersion = "v1.33.0",
            KubeProxyVersion = "",
            MachineID = "",
            SystemUUID = "",
            BootID = "",
        };
}
