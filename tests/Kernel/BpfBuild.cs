using System.Diagnostics;

namespace Tombolo.Tests.Kernel;

/// <summary>The object that <c>bpf/build</c> makes, built at most once a run.</summary>
internal static class BpfBuild
{
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>The checkout's root: where the solution lies.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Path of <c>tombolo.bpf.o</c>; skips the test where the kernel has no BTF to build from.</summary>
    public static string Object
    {
        get
        {
            Assert.SkipUnless(
                File.Exists("/sys/kernel/btf/vmlinux"),
                "needs a kernel with BTF (/sys/kernel/btf/vmlinux)"
            );
            return Built.Value;
        }
    }

    /// <summary>Runs a program and gives its output; throws with its errors if it fails.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // a program by name always gives a process or throws
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}{errors.Result}");
    }

    private static string Build()
    {
        Run(Path.Combine(Root, "bpf/build"));
        return Path.Combine(Root, ".build/bpf/tombolo.bpf.o");
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Tombolo.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("no checkout around");
        }
        return directory;
    }
}
