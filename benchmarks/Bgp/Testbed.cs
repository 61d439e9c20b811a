using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Two namespaces on one veth: the speaker under test at 10.99.0.1, neighbours at 10.99.1.1 and up.</summary>
internal sealed class Testbed : IDisposable
{
    public const string Target = "10.99.0.1";

    public Testbed(int neighbors)
    {
        var tag = $"tbb{Environment.ProcessId}";
        (TargetNamespace, NeighborNamespace) = ($"{tag}-dut", $"{tag}-inj");
        Folder = Directory.CreateTempSubdirectory(tag).FullName;
        Shell.Run("chmod", "777", Folder);
        foreach (var name in new[] { TargetNamespace, NeighborNamespace })
        {
            Shell.Run("ip", "netns", "add", name);
            Shell.Run("ip", "-n", name, "link", "set", "lo", "up");
        }
        Shell.Run(
            "ip",
            "link",
            "add",
            "d0",
            "netns",
            TargetNamespace,
            "type",
            "veth",
            "peer",
            "name",
            "i0",
            "netns",
            NeighborNamespace
        );
        Shell.Run("ip", "-n", TargetNamespace, "addr", "add", $"{Target}/16", "dev", "d0");
        var batch = Path.Combine(Folder, "addresses");
        File.WriteAllLines(batch, Enumerable.Range(0, neighbors).Select(i => $"addr add {Neighbor(i)}/16 dev i0"));
        Shell.Run("ip", "-n", NeighborNamespace, "-batch", batch);
        Shell.Run("ip", "-n", TargetNamespace, "link", "set", "d0", "up");
        Shell.Run("ip", "-n", NeighborNamespace, "link", "set", "i0", "up");
    }

    public string TargetNamespace { get; }

    public string NeighborNamespace { get; }

    public string Folder { get; }

    public static string Neighbor(int index) => $"10.99.{1 + index / 200}.{1 + index % 200}";

    public static uint NeighborAs(int index) => 65001u + (uint)index;

    public void Dispose()
    {
        Shell.TryRun("ip", "netns", "del", TargetNamespace);
        Shell.TryRun("ip", "netns", "del", NeighborNamespace);
        Directory.Delete(Folder, recursive: true);
    }
}
