using System.Diagnostics;
using Tombolo.Benchmarks.Measuring;
using Tombolo.Linux;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Two namespaces on one veth: the speaker under test at 10.99.0.1, neighbours at 10.99.1.1 and up.</summary>
internal sealed class Testbed : IDisposable
{
    public const string Target = "10.99.0.1";
    private readonly Home home = new();

    public Testbed(int neighbors)
    {
        (TargetNamespace, NeighborNamespace) = (home.NewNetns("target"), home.NewNetns("neighbors"));
        Folder = Directory.CreateDirectory(Path.Combine(home.Directory, "files")).FullName;
        Shell.Run("chmod", "777", Folder); // for daemons that give up root
        using (var near = Netlink.Open(TargetNamespace))
        using (var far = Netns.Open(NeighborNamespace))
        {
            near.Links.AddVeth(new VethEnd("d0"), new VethEnd("i0", Namespace: far));
        }
        home.Ip(TargetNamespace, $"addr add {Target}/16 dev d0", "link set d0 up");
        home.Ip(
            NeighborNamespace,
            [.. Enumerable.Range(0, neighbors).Select(i => $"addr add {Neighbor(i)}/16 dev i0"), "link set i0 up"]
        );
    }

    public string TargetNamespace { get; }

    public string NeighborNamespace { get; }

    /// <summary>For files of those under test.</summary>
    public string Folder { get; }

    public static string Neighbor(int index) => $"10.99.{1 + index / 200}.{1 + index % 200}";

    public static uint NeighborAs(int index) => 65001u + (uint)index;

    /// <inheritdoc cref="Home.Start"/>
    public Process Start(string netns, params string[] command) => home.Start(netns, command);

    public void End(Process process) => home.End(process);

    public void Dispose() => home.Dispose();
}
