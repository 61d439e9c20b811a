using Microsoft.Extensions.Time.Testing;
using Tombolo.Kube;

namespace Tombolo.Tests.KubeClient;

public class WorkQueueTests
{
    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_and_never_twice_at_once()
    {
        var queue = new WorkQueue<string>(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var (now, most, rounds) = (0, 0, 0);
        async Task<TimeSpan?> WorkAsync(string key, CancellationToken cancel)
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            if (Interlocked.Increment(ref rounds) < 50)
            {
                queue.Add(key);
                queue.Add(key);
            }
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return null;
        }
        queue.Add("a");
        var workers = Enumerable.Range(0, 4).Select(_ => queue.RunAsync(WorkAsync, (_, _) => { }, stop.Token)).ToList();
        await Wait.UntilAsync(() => Volatile.Read(ref rounds) == 50, "fifty rounds");
        await stop.CancelAsync();
        await Task.WhenAll(workers)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal((1, 50), (most, rounds));
    }

    [Fact]
    public async Task A_failure_comes_back_later_and_stops_no_other_key()
    {
        var time = new FakeTimeProvider();
        var queue = new WorkQueue<string>(time);
        using var stop = new CancellationTokenSource();
        var (bad, good, failures) = (0, 0, 0);
        Task<TimeSpan?> WorkAsync(string key, CancellationToken cancel)
        {
            if (key == "bad" && ++bad == 1)
            {
                throw new InvalidOperationException("first time");
            }
            good += key == "good" ? 1 : 0;
            return Task.FromResult<TimeSpan?>(null);
        }
        queue.Add("bad");
        queue.Add("good");
        var worker = queue.RunAsync(WorkAsync, (_, _) => failures++, stop.Token);
        await Wait.UntilAsync(() => good == 1, "the other key");
        Assert.Equal((1, 1), (bad, failures));
        await Wait.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return bad == 2;
            },
            "the second try"
        );
        await stop.CancelAsync();
        await worker.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
    }
}
