namespace Tombolo.Cluster.Kubelet;

/// <summary>Whose network: what the environment of a plugin says (CNI spec 1.1 §2).</summary>
/// <param name="Netns">Empty where the namespace is gone.</param>
internal sealed record CniAttachment(string SandboxId, string Netns, string PodNamespace, string PodName, string PodUid)
{
    public IEnumerable<KeyValuePair<string, string>> Environment(string command, string path) =>
        [
            new("CNI_COMMAND", command),
            new("CNI_CONTAINERID", SandboxId),
            new("CNI_NETNS", Netns),
            new("CNI_IFNAME", "eth0"),
            new(
                "CNI_ARGS",
                $"IgnoreUnknown=1;K8S_POD_NAMESPACE={PodNamespace};K8S_POD_NAME={PodName};"
                    + $"K8S_POD_INFRA_CONTAINER_ID={SandboxId};K8S_POD_UID={PodUid}"
            ),
            new("CNI_PATH", path),
        ];
}
