using System.Text;
using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Runs a probe's command in a sandbox: it passes with exit code 0 within its time.</summary>
internal static class ExecProbe
{
    private const int MaximumOutput = 10 * 1024; // as Kubernetes keeps of it

    public static async Task<ProbeResult> RunAsync(
        ISandbox sandbox,
        string sandboxId,
        V1Probe probe,
        ProcessSpec spec,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        var limit = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds ?? 1));
        using var timeout = new CancellationTokenSource(limit, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        ISandboxProcess process;
        try
        {
            process = await sandbox.StartAsync(sandboxId, spec, deadline.Token);
        }
        catch (SandboxException broken)
        {
            return new ProbeResult(false, broken.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ProbeResult(false, $"command timed out after {limit.TotalSeconds:0} s");
        }
        await using (process)
        {
            try
            {
                var output = ReadAsync(process.Stdout, deadline.Token);
                var errors = ReadAsync(process.Stderr, deadline.Token);
                var code = await process.ExitCode.WaitAsync(deadline.Token);
                return new ProbeResult(code == 0, (await output + await errors).Trim());
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                cancel.ThrowIfCancellationRequested();
                return new ProbeResult(false, $"command timed out after {limit.TotalSeconds:0} s");
            }
        }
    }

    private static async Task<string> ReadAsync(Stream? from, CancellationToken cancel)
    {
        if (from is null)
        {
            return "";
        }
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = await from.ReadAsync(buffer, cancel)) > 0)
        {
            // The rest is read and forgotten: a full pipe would hold the command up.
            kept.Write(buffer, 0, Math.Min(count, MaximumOutput - (int)kept.Length));
        }
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
