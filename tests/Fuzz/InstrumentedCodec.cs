using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;

namespace Tombolo.Tests.Fuzz;

/// <summary>A second copy of the library and of these tests, in which each branch of the codec counts itself: SharpFuzz
/// rewrites a copy of the assembly, and <see cref="BgpTarget"/> of the second copy runs on it.</summary>
internal sealed class InstrumentedCodec : AssemblyLoadContext
{
    private readonly Dictionary<string, Assembly> copies = [];

    public delegate void Target(ReadOnlySpan<byte> input);

    public InstrumentedCodec()
        : base(nameof(InstrumentedCodec), isCollectible: false)
    {
        var folder = Directory.CreateTempSubdirectory("tombolo-fuzz").FullName;
        try
        {
            var library = Copy("Tombolo.Bgp", folder);
            Fuzzer.Instrument(
                library,
                type => type.StartsWith("Tombolo.Bgp.Wire.", StringComparison.Ordinal),
                Options.Value
            );
            copies["Tombolo.Bgp"] = LoadFromAssemblyPath(library);
            copies["Tombolo.Tests"] = LoadFromAssemblyPath(Copy("Tombolo.Tests", folder));
        }
        finally
        {
            // What is loaded is mapped and needs no name any more.
            Directory.Delete(folder, recursive: true);
        }
        Run = copies["Tombolo.Tests"]
            .GetType(typeof(BgpTarget).FullName!, throwOnError: true)!
            .GetMethod(nameof(BgpTarget.Run), BindingFlags.Public | BindingFlags.Static)!
            .CreateDelegate<Target>();
    }

    public Target Run { get; }

    protected override Assembly? Load(AssemblyName name) => copies.GetValueOrDefault(name.Name ?? "");

    private static string Copy(string name, string folder)
    {
        var path = Path.Combine(folder, $"{name}.dll");
        File.Copy(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), path);
        return path;
    }
}
