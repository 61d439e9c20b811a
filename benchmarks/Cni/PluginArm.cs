using System.Diagnostics;
using Tombolo.Benchmarks.Measuring;
using Tombolo.Linux;

namespace Tombolo.Benchmarks.Cni;

/// <summary>A CNI plugin as a container runtime calls it, in a host's namespace of its own.</summary>
/// <param name="host">Namespace of the host.</param>
/// <param name="program">The plugin.</param>
/// <param name="configuration">What it gets on standard input.</param>
/// <param name="agents">Processes that work for it.</param>
internal sealed class PluginArm(string host, string program, string configuration, params int[] agents)
{
    public string Host => host;

    public IReadOnlyList<int> Agents => agents;

    /// <summary>Runs one command for one pod.</summary>
    /// <returns>Nanoseconds from before its start to after its end.</returns>
    public double Call(string command, string netns, int pod) =>
        Netns.Run(
            host,
            () =>
            {
                var start = new ProcessStartInfo(program)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                };
                start.Environment["CNI_COMMAND"] = command;
                start.Environment["CNI_CONTAINERID"] = $"bench{pod}";
                start.Environment["CNI_NETNS"] = netns;
                start.Environment["CNI_IFNAME"] = "eth0";
                start.Environment["CNI_PATH"] = "/usr/lib/cni";
                start.Environment["CNI_ARGS"] =
                    $"IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=p{pod};K8S_POD_UID=pod-{pod}";
                var before = Stopwatch.GetTimestamp();
                using var process =
                    Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
                process.StandardInput.Write(configuration);
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                var took = Stopwatch.GetElapsedTime(before).TotalNanoseconds;
                return process.ExitCode == 0
                    ? took
                    : throw new InvalidOperationException($"{Path.GetFileName(program)} {command}: {output}");
            }
        );

    /// <summary>Devices of the host that pods left behind; none after every DEL.</summary>
    public IReadOnlyList<string> PodLinks()
    {
        using var netlink = Netlink.Open(host);
        return
        [
            .. netlink
                .Links.List()
                .Select(link => link.Name)
                .Where(name =>
                    name.StartsWith("veth", StringComparison.Ordinal) || name.StartsWith("tb", StringComparison.Ordinal)
                ),
        ];
    }
}
