using System.Diagnostics;
using Tombolo.Linux;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// A test that needs root and makes network namespaces: in a directory of its own under /run, gone with the test. Skips
/// by name where it cannot run.
/// </summary>
[Trait("needs", "root")]
public abstract class KernelTest : IDisposable
{
    protected KernelTest()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel with BTF (/sys/kernel/btf/vmlinux)");
        Home = TestHome.Make();
    }

    /// <summary>The test's own directory.</summary>
    protected string Home { get; }

    /// <summary>A fresh network namespace with its loopback up, gone with the test.</summary>
    protected string NewNetns(string name)
    {
        var path = Path.Combine(Home, name);
        Netns.Create(path);
        using var netlink = Netlink.Open(path);
        netlink.Links.SetLoopbackUp();
        return path;
    }

    /// <summary>Runs a program of the host inside a namespace and gives what it printed; fails if it fails.</summary>
    protected static string Exec(string netns, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[$"--net={netns}", "--", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!; // a program by name always gives a process or throws
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{errors.Result}");
        return output;
    }

    public virtual void Dispose()
    {
        TestHome.Remove(Home);
        GC.SuppressFinalize(this);
    }
}
