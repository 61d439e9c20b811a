using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tombolo.Lab;

/// <summary>
/// Where one lab's things are. What is global to the machine carries the instance, name and checkout together, so that
/// two labs never meet: <see cref="Run"/> ends with the lab's last process, <see cref="State"/> with <c>lab down</c>.
/// </summary>
public sealed partial record LabPlace
{
    private const string RunRoot = "/run/tombolo";

    // /run/tombolo/<instance>/node-1000/agent.sock stays far below the 107 octets of a socket's path.
    private const int NameLength = 20;

    public LabPlace(Checkout checkout, string name)
    {
        ArgumentNullException.ThrowIfNull(checkout);
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > NameLength || !NamePattern().IsMatch(name))
        {
            throw new LabException(
                $"'{name}' is no name for a lab: up to {NameLength} of a-z, 0-9 and -, not first or last"
            );
        }
        (Checkout, Name) = (checkout, name);
        var path = checkout.Path.TrimEnd('/');
        Instance = $"{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..6]}";
    }

    public Checkout Checkout { get; }

    public string Name { get; }

    /// <summary><c>&lt;name&gt;-&lt;six hex of the checkout's path&gt;</c>.</summary>
    public string Instance { get; }

    /// <summary>Sockets, namespace files, the bpffs, the pods' sandboxes.</summary>
    public string Run => Path.Combine(RunRoot, Instance);

    /// <summary>Database, logs, kubeconfig, the nodes' own state.</summary>
    public string State => Path.Combine(Checkout.Path, ".lab", Name);

    public string Spec => Path.Combine(State, "lab.json");

    /// <summary>The user's, by 127.0.0.1.</summary>
    public string Kubeconfig => Path.Combine(State, "kubeconfig");

    /// <summary>The roles', over the underlay.</summary>
    public string InnerKubeconfig => Path.Combine(State, "inner.kubeconfig");

    public string ClusterData => Path.Combine(State, "cluster");

    /// <summary>What the API server shows to kubelets.</summary>
    public string KubeletToken => Path.Combine(State, "kubelet.token");

    public string Logs => Path.Combine(State, "log");

    /// <summary>Held by the supervisor for as long as it lives.</summary>
    public string SupervisorLock => Path.Combine(Run, "supervisor.lock");

    public string SupervisorPid => Path.Combine(Run, "supervisor.pid");

    /// <summary>Held by an <c>up</c> or <c>down</c> at work.</summary>
    public string CommandLock => Path.Combine(Run, "command.lock");

    public string Bpf => Path.Combine(Run, "bpf");

    public string Router => Path.Combine(Run, "router");

    public string Control => Path.Combine(Run, "control");

    public string NodeRun(string node) => Path.Combine(Run, node);

    public string NodeNetns(string node) => Path.Combine(Run, node, "netns");

    public string NodePods(string node) => Path.Combine(Run, node, "pods");

    public string AgentSocket(string node) => Path.Combine(Run, node, "agent.sock");

    /// <summary>The instance is in it twice: as the mount's place, and for those that see two bpffs as one tree.</summary>
    public string Pins(string node) => Path.Combine(Bpf, "tombolo", Instance, node);

    public string NodeState(string node) => Path.Combine(State, node);

    public string ConfList(string node) => Path.Combine(State, node, "net.d", "10-tombolo.conflist");

    /// <summary>Plugins beside Tombolo's own, for who brings a CNI configuration.</summary>
    public string NodePlugins(string node) => Path.Combine(State, node, "cni");

    /// <summary>Names of the checkout's labs that left anything, here or in /run.</summary>
    public static IReadOnlyList<LabPlace> All(Checkout checkout)
    {
        ArgumentNullException.ThrowIfNull(checkout);
        var places = new SortedDictionary<string, LabPlace>(StringComparer.Ordinal);
        foreach (var path in Children(Path.Combine(checkout.Path, ".lab")).Concat(Children(RunRoot)))
        {
            var name = Path.GetFileName(path);
            if (path.StartsWith(RunRoot + "/", StringComparison.Ordinal))
            {
                name = name.LastIndexOf('-') is > 0 and var dash ? name[..dash] : "";
            }
            if (name.Length is > 0 and <= NameLength && NamePattern().IsMatch(name))
            {
                var place = new LabPlace(checkout, name);
                if (path == place.State || path == place.Run)
                {
                    places[name] = place;
                }
            }
        }
        return [.. places.Values];
    }

    private static IEnumerable<string> Children(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory) : [];

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex NamePattern();
}
