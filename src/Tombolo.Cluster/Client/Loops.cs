namespace Tombolo.Cluster.Client;

/// <summary>The loops that a role consists of.</summary>
internal static class Loops
{
    /// <summary>Runs them together until cancelled. One that breaks ends the others, and its failure is the caller's.</summary>
    public static async Task RunAsync(CancellationToken cancel, params Func<CancellationToken, Task>[] loops)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = loops.Select(loop => loop(ends.Token)).ToList();
        var first = await Task.WhenAny(running);
        await ends.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancel.IsCancellationRequested)
        {
            await first;
            throw new InvalidOperationException("a loop ended that should run until cancelled");
        }
    }
}
