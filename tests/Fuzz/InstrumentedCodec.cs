using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;

namespace Tombolo.Tests.Fuzz;

/// <summary>A second copy of the library and of these tests, in which each branch of the codec counts itself: SharpFuzz
/// rewrites a copy of the assembly, and <see cref="BgpTarget"/> of the second copy runs on it.</summary>
internal sealed class InstrumentedCodec : AssemblyLoadContext
{
    private static readonly string[] Copied = ["Tombolo.Bgp", "Tombolo.Tests"];
    private readonly string folder = Directory.CreateTempSubdirectory("tombolo-fuzz").FullName;

    public delegate void Target(ReadOnlySpan<byte> input);

    public InstrumentedCodec()
        : base(nameof(InstrumentedCodec), isCollectible: false)
    {
        foreach (var name in Copied)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), PathOf(name));
        }
        Fuzzer.Instrument(
            PathOf("Tombolo.Bgp"),
            type => type.StartsWith("Tombolo.Bgp.Wire.", StringComparison.Ordinal),
            Options.Value
        );
        Run = LoadFromAssemblyPath(PathOf("Tombolo.Tests"))
            .GetType(typeof(BgpTarget).FullName!, throwOnError: true)!
            .GetMethod(nameof(BgpTarget.Run), BindingFlags.Public | BindingFlags.Static)!
            .CreateDelegate<Target>();
    }

    public Target Run { get; }

    protected override Assembly? Load(AssemblyName name) =>
        Copied.Contains(name.Name) ? LoadFromAssemblyPath(PathOf(name.Name!)) : null;

    private string PathOf(string name) => Path.Combine(folder, $"{name}.dll");
}
