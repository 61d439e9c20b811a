using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Linux.Preflight;

/// <summary>
/// What Tombolo needs of a kernel, tried one by one. What is made for it is made in namespaces of a thread of its own: nothing
/// is left, however this ends.
/// </summary>
public static class KernelFeatures
{
    private const string NewerKernel = "run Linux 6.6 or later";
    private const int RedirectPeer = 155; // from enum bpf_func_id

    private static readonly (BpfProbe.MapType Type, string Name, string For)[] MapTypes =
    [
        (BpfProbe.MapType.Hash, "hash", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.Array, "array", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.PerCpuHash, "per-CPU hash", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.PerCpuArray, "per-CPU array", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.LruHash, "LRU hash", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.LpmTrie, "LPM trie", "CONFIG_BPF_SYSCALL"),
        (BpfProbe.MapType.RingBuffer, "ring buffer", "Linux 5.8"),
    ];

    /// <summary>Looks at everything; root. Some ten milliseconds.</summary>
    public static IReadOnlyList<Finding> Look() => Sandbox.Run(Probe);

    private static IReadOnlyList<Finding> Probe(string directory) =>
        [
            Btf(),
            Jit(),
            .. MapTypes.Select(map =>
                Finding.Try(
                    $"map: {map.Name}",
                    Level.Fail,
                    $"a kernel with {map.For}",
                    () =>
                    {
                        BpfProbe.Map(map.Type);
                        return "made";
                    }
                )
            ),
            Finding.Try(
                "program: tc",
                Level.Fail,
                $"a kernel with CONFIG_NET_CLS_ACT and CONFIG_BPF_SYSCALL; {NewerKernel}",
                () =>
                {
                    BpfProbe.Program(BpfProbe.SchedClassifier, "tc program").Dispose();
                    return "loaded";
                }
            ),
            Finding.Try(
                "helper: redirect_peer",
                Level.Fail,
                "Linux 5.10 or later",
                () =>
                {
                    BpfProbe.Program(BpfProbe.SchedClassifier, "tc program with redirect_peer", RedirectPeer).Dispose();
                    return "loaded";
                }
            ),
            Finding.Try(
                "program: cgroup connect",
                Level.Warn,
                "a kernel with CONFIG_CGROUP_BPF; without it hosts will not reach services once there are any",
                () =>
                {
                    BpfProbe.Program(BpfProbe.CgroupConnect4, "cgroup/connect4 program").Dispose();
                    return "loaded";
                }
            ),
            Finding.Try("tcx", Level.Fail, NewerKernel, Tcx),
            Finding.Try("veth", Level.Fail, "a kernel with CONFIG_VETH", Veth),
            Finding.Try(
                "bpffs",
                Level.Fail,
                "a kernel with CONFIG_BPF_SYSCALL; in a container: run it privileged",
                () =>
                {
                    Mounts.BpfFs(Path.Combine(directory, "bpf"));
                    return "mounted";
                }
            ),
        ];

    // The compiled programs find the fields of the kernel's structs by it.
    private static Finding Btf() =>
        File.Exists("/sys/kernel/btf/vmlinux")
            ? new Finding("BTF", Level.Ok, "/sys/kernel/btf/vmlinux")
            : new Finding("BTF", Level.Fail, "no /sys/kernel/btf/vmlinux", "a kernel with CONFIG_DEBUG_INFO_BTF");

    // The sysctl is shown in the machine's first network namespace only; what the kernel made of a program says it anywhere.
    private static Finding Jit()
    {
        try
        {
            using var program = BpfProbe.Program(BpfProbe.SchedClassifier, "tc program");
            return program.IsCompiled
                ? new Finding("BPF JIT", Level.Ok, "on")
                : new Finding(
                    "BPF JIT",
                    Level.Warn,
                    "off: programs are interpreted, several times slower",
                    "sysctl -w net.core.bpf_jit_enable=1; if there is no such sysctl, a kernel with CONFIG_BPF_JIT"
                );
        }
        catch (LinuxException refused)
        {
            return new Finding("BPF JIT", Level.Warn, refused.Message, "see the tc program");
        }
    }

    private static string Tcx()
    {
        using var program = BpfProbe.Program(BpfProbe.SchedClassifier, "tc program");
        const int loopback = 1;
        using var ingress = TcxLink.Attach(program, loopback, TcxHook.Ingress);
        using var egress = TcxLink.Attach(program, loopback, TcxHook.Egress);
        return "attached to ingress and egress";
    }

    private static string Veth()
    {
        using var netlink = Netlink.Open();
        netlink.Links.AddVeth(new VethEnd("near", Mac.Gateway, 1500), new VethEnd("far", Mac.Gateway, 1500));
        return "made";
    }
}
