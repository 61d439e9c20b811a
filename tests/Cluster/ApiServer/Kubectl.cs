using System.Diagnostics;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Runs the machine's kubectl against a test's server, with a cache of its own.</summary>
internal sealed class Kubectl(TestServer server)
{
    public static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    public static void SkipUnlessInstalled() => Assert.SkipUnless(IsInstalled, "kubectl is not on the PATH");

    /// <summary>What it prints; it must succeed.</summary>
    public async Task<string> RunAsync(string arguments, string? input = null, string? editor = null)
    {
        var (code, output) = await TryAsync(arguments, input, editor);
        Assert.True(code == 0, $"kubectl {arguments}: exit {code}: {output}");
        return output;
    }

    /// <summary>Exit code, and standard output followed by standard error.</summary>
    public async Task<(int Code, string Output)> TryAsync(string arguments, string? input = null, string? editor = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec kubectl {arguments}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["KUBECONFIG"] = server.KubeconfigPath,
                ["HOME"] = server.Folder,
                ["EDITOR"] = editor ?? "false",
            },
        };
        var cancel = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(30), cancel);
        return (process.ExitCode, await output + await error);
    }
}
