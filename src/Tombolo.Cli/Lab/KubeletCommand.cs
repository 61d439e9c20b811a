using System.CommandLine;
using System.Net;
using Tombolo.Cluster.Kubelet;
using Tombolo.Lab;
using Tombolo.Lab.Sandboxes;

namespace Tombolo.Cli.Lab;

/// <summary><c>tombolo role kubelet</c>: the kubelet of one of a lab's nodes.</summary>
internal static class KubeletCommand
{
    public static Command Create()
    {
        var lab = new Option<string>("--lab") { Description = "name of the lab", Required = true };
        var node = new Option<string>("--node") { Description = "name of the node", Required = true };
        var address = new Option<string>("--address") { Description = "its address on the underlay", Required = true };
        var zone = new Option<string?>("--zone") { Description = "its zone" };
        var command = new Command("kubelet", "Runs a node's pods as processes in network namespaces.")
        {
            lab,
            node,
            address,
            zone,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var logs = RoleLogs.Create();
                var place = new LabPlace(Checkout.Find(), parsed.GetRequiredValue(lab));
                var name = parsed.GetRequiredValue(node);
                var options = new KubeletOptions
                {
                    NodeName = name,
                    NodeAddress = IPAddress.Parse(parsed.GetRequiredValue(address)),
                    Kubeconfig = place.InnerKubeconfig,
                    CniConfigDirectory = Path.GetDirectoryName(place.ConfList(name))!, // it has one
                    CniBinaryDirectories = [place.Checkout.PluginDirectory, place.NodePlugins(name)],
                    StateDirectory = Path.Combine(place.NodeState(name), "kubelet"),
                    Images = new Dictionary<string, string> { ["lab/echo"] = place.Checkout.Echo },
                    BearerToken = (await File.ReadAllTextAsync(place.KubeletToken, cancel)).Trim(),
                    Labels = parsed.GetValue(zone) is { } where
                        ? new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = where }
                        : [],
                    Loggers = logs,
                };
                var sandbox = new NetnsSandbox(place.NodePods(name), place.Instance);
                return await Stopping.Quietly(() => KubeletRole.RunAsync(options, sandbox, cancel), cancel);
            }
        );
        return command;
    }
}
