using Tombolo.Linux.Bpf;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// Loads the programs onto pinned maps: those that a former agent left are taken as they are, so that nothing it told the
/// kernel is lost.
/// </summary>
public sealed class Loader : IDisposable
{
    private Loader(BpfObject loaded, string directory)
    {
        Directory = directory;
        Maps = new DatapathMaps(loaded);
        FromPod = loaded.Program("from_pod");
        ToPod = loaded.Program("to_pod");
        FromUnderlay = loaded.Program("from_underlay");
    }

    /// <summary>Where this layout's pins are.</summary>
    public string Directory { get; }

    /// <summary>The version of <c>bpf/abi</c> that these programs speak.</summary>
    public uint Layout { get; } = Config.CurrentLayout;

    public DatapathMaps Maps { get; }

    public BpfProgram FromPod { get; }

    public BpfProgram ToPod { get; }

    public BpfProgram FromUnderlay { get; }

    /// <exception cref="VerifierException">The kernel's verifier refuses a program.</exception>
    /// <exception cref="Tombolo.Linux.LinuxException">
    /// The object is missing, or a pinned map has another shape under the same layout version.
    /// </exception>
    public static Loader Load(DatapathOptions options)
    {
        var directory = Path.Combine(options.PinDirectory, $"v{Config.CurrentLayout}");
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "maps"));
        using var programs = BpfObject.Open(options.ObjectPath);
        foreach (var map in DatapathMaps.Unused)
        {
            programs.Omit(map);
        }
        foreach (var map in DatapathMaps.Pinned)
        {
            var pin = Path.Combine(directory, "maps", map);
            if (SizeOf(map, pin, options) is { } entries)
            {
                programs.SetMaxEntries(map, entries);
            }
            programs.SetPin(map, pin);
        }
        programs.SetConstant(
            ".rodata.config",
            new Config(
                Config.CurrentLayout,
                options.Tracing ? (byte)1 : (byte)0,
                0,
                MacOctets.From(Tombolo.Values.Mac.Gateway)
            )
        );
        programs.Load();
        return new Loader(programs, directory);
    }

    public void Dispose()
    {
        Maps.Dispose();
        FromPod.Dispose();
        ToPod.Dispose();
        FromUnderlay.Dispose();
    }

    // What is pinned keeps its size: another one would mean another map, and what it holds would be lost.
    private static uint? SizeOf(string map, string pin, DatapathOptions options) =>
        BpfPins.Shape(pin) is { } pinned ? pinned.MaxEntries
        : map is "settings" or "events" ? null
        : map == "hosts" ? options.Hosts
        : options.Entries;
}
