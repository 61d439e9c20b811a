using System.Diagnostics;
using Tombolo.Cluster.Kubelet;
using Tombolo.Lab.Processes;
using Tombolo.Linux;

namespace Tombolo.Lab.Sandboxes;

/// <summary>
/// The process that holds a sandbox's mount and UTS namespace. It is born on a thread that entered them, which costs one
/// exec where a chain of unshare, mount and hostname would cost seven.
/// </summary>
internal static class Holder
{
    private const string RunRoot = "/run/tombolo";

    // .NET makes its signal thread with the first child: it must not be born in a pod's namespace.
    private static readonly Lazy<bool> Warm = new(() =>
    {
        using var first = Process.Start("/bin/true");
        first.WaitForExit();
        return true;
    });

    /// <exception cref="IOException">A namespace, mount or the process could not be made.</exception>
    public static ProcessId Start(SandboxSpec spec, string netns, string home, string instance)
    {
        _ = Warm.Value;
        var resolvConf = Write(home, "resolv.conf", spec.ResolvConf);
        var hosts = Write(home, "hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        return Netns.Run(
            netns,
            () =>
            {
                Tombolo.Linux.Processes.UnshareMounts();
                Mounts.MakePrivate("/");
                // The lab's pins are not the pod's business, and a copy of their mount would outlive the lab.
                foreach (var lab in Directory.Exists(RunRoot) ? Directory.GetDirectories(RunRoot) : [])
                {
                    Mounts.Detach(Path.Combine(lab, "bpf"));
                }
                Tombolo.Linux.Processes.SetHostname(spec.Hostname);
                Show(resolvConf, "/etc/resolv.conf");
                Show(hosts, "/etc/hosts");
                // A session of its own: nothing that is sent to the kubelet's group reaches it.
                var start = new ProcessStartInfo("/usr/bin/setsid") { UseShellExecute = false, WorkingDirectory = "/" };
                start.ArgumentList.Add("/bin/sleep");
                start.ArgumentList.Add("infinity");
                start.Environment.Clear();
                start.Environment[ProcessTable.InstanceVariable] = instance;
                start.Environment[ProcessTable.SandboxVariable] = spec.Id;
                using var holder = Process.Start(start)!; // a program by its path gives a process or throws
                return ProcessId.Of(holder.Id);
            }
        );
    }

    private static string? Write(string home, string name, string? text)
    {
        if (text is null)
        {
            return null;
        }
        var path = Path.Combine(home, name);
        File.WriteAllText(path, text);
        return path;
    }

    // A host without the file keeps none: there is nothing to mount over.
    private static void Show(string? source, string target)
    {
        if (source is not null && File.Exists(target))
        {
            Mounts.Bind(source, target);
        }
    }
}
