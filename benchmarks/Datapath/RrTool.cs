using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>Our load tool in C, compiled where it is needed.</summary>
internal static class RrTool
{
    private const string Source = "benchmarks/rrtool/rrtool.c";

    public static string Build(Home home)
    {
        var program = Path.Combine(home.Directory, "rrtool");
        var compiler = new[] { "gcc", "clang-16", "clang" }.FirstOrDefault(name =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(place => File.Exists($"{place}/{name}"))
        );
        Shell.Check(
            compiler ?? throw new InvalidOperationException("no C compiler (apt: gcc or clang-16)"),
            "-O2",
            "-Wall",
            "-Wextra",
            "-o",
            program,
            Source
        );
        return program;
    }
}
