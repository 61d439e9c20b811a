using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>A BGP implementation as it is measured: alone in its namespace, with its best sensible configuration, fresh
/// for each slice.</summary>
internal sealed class SpeakerUnderTest : IDisposable
{
    /// <summary>Ours as it is shipped: compiled ahead of time where the runtime allows it, the rest as it runs.</summary>
    private static readonly string Ours = Path.GetFullPath(".build/bin/tombolo/tombolo");

    private readonly Testbed bed;
    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();

    private SpeakerUnderTest(Testbed bed, Process process)
    {
        this.bed = bed;
        this.process = process;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => errors.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The tools' own names, and what must be there to measure them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        ["tombolo"] = Ours,
        ["bird"] = "/usr/sbin/bird",
        ["frr"] = "/usr/lib/frr/bgpd",
        ["gobgp"] = "/usr/bin/gobgpd",
    };

    /// <summary>What docs/bgp.md recommends for a speaker: no thread that collects garbage beside it, which only costs
    /// memory here, and free memory given back. The other implementations do not read them.</summary>
    private static readonly string[] Settings = ["DOTNET_gcConcurrent=0", "DOTNET_GCConserveMemory=5"];

    public int Pid => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>The end of what it complained of.</summary>
    public string LastWords => string.Join(' ', errors.TakeLast(3)).Trim();

    /// <summary>The hold time that neighbours offer it: none, so that no KEEPALIVE is due while a slice runs. GoBGP takes
    /// the hold time for its write deadline too, so that with none every write is late and the session falls: it gets
    /// the longest.</summary>
    public static ushort HoldSeconds(string kind) => kind == "gobgp" ? ushort.MaxValue : (ushort)0;

    public static SpeakerUnderTest Start(string kind, Testbed bed, int neighbors)
    {
        string Write(string name, string text)
        {
            var path = Path.Combine(bed.Folder, name);
            File.WriteAllText(path, text);
            return path;
        }
        var all = Enumerable.Range(0, neighbors).ToArray();
        string Each(Func<int, string> text) => string.Join('\n', all.Select(text));
        string[] command = kind switch
        {
            "tombolo" =>
            [
                Ours,
                "bgp",
                "speak",
                "-f",
                Write(
                    "tombolo.yaml",
                    $"as: 65000\nrouterId: {Testbed.Target}\nsocket: {bed.Folder}/tombolo.sock\nlisten: [{Testbed.Target}]\nneighbors:\n"
                        + Each(i => $"- {{address: {Testbed.Neighbor(i)}, as: {Testbed.NeighborAs(i)}, passive: true}}")
                ),
            ],
            "bird" =>
            [
                "bird",
                "-f",
                "-s",
                $"{bed.Folder}/bird.ctl",
                "-c",
                Write(
                    "bird.conf",
                    $"router id {Testbed.Target};\nlog \"{bed.Folder}/bird.log\" all;\nprotocol device {{}}\n"
                        + Each(i =>
                            $"protocol bgp n{i} {{ local {Testbed.Target} as 65000; neighbor {Testbed.Neighbor(i)} as {Testbed.NeighborAs(i)}; passive on; ipv4 {{ import all; export all; }}; }}"
                        )
                ),
            ],
            "frr" =>
            [
                "/usr/lib/frr/bgpd",
                "-S",
                "-Z",
                "-n",
                "-P",
                "0",
                "-i",
                $"{bed.Folder}/frr.pid",
                "--vty_socket",
                bed.Folder,
                "-f",
                Write(
                    "frr.conf",
                    $"router bgp 65000\n bgp router-id {Testbed.Target}\n no bgp ebgp-requires-policy\n no bgp network import-check\n bgp disable-ebgp-connected-route-check\n"
                        + Each(i =>
                            $" neighbor {Testbed.Neighbor(i)} remote-as {Testbed.NeighborAs(i)}\n neighbor {Testbed.Neighbor(i)} passive\n neighbor {Testbed.Neighbor(i)} advertisement-interval 0"
                        )
                ),
            ],
            _ =>
            [
                "gobgpd",
                "-t",
                "yaml",
                "-p",
                "-l",
                "error",
                "--pprof-disable",
                "--api-hosts",
                "127.0.0.1:50051",
                "-f",
                Write(
                    "gobgp.yaml",
                    $"global: {{config: {{as: 65000, router-id: {Testbed.Target}, local-address-list: [{Testbed.Target}]}}}}\nneighbors:\n"
                        + Each(i =>
                            $"- {{config: {{neighbor-address: {Testbed.Neighbor(i)}, peer-as: {Testbed.NeighborAs(i)}}}, timers: {{config: {{hold-time: {HoldSeconds(kind)}}}}}, transport: {{config: {{passive-mode: true}}}}}}"
                        )
                ),
            ],
        };
        return new SpeakerUnderTest(bed, bed.Start(bed.TargetNamespace, ["env", .. Settings, .. command]));
    }

    public void Dispose()
    {
        bed.End(process);
        process.Dispose();
    }

    public static string? MissingReason(string kind) =>
        File.Exists(Kinds[kind]) ? null
        : kind == "tombolo" ? $"{Ours} is missing (scripts/build)"
        : $"{Kinds[kind]} is missing (scripts/install-interop)";
}
