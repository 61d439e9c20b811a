using System.Collections.Concurrent;
using Tombolo.Linux;

namespace Tombolo.Tests.Kernel;

/// <summary>Runs what awaits on one thread inside a namespace, as the agent's process is: a pool thread is in the host's.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> calls = [];

    /// <returns>Done when the body is.</returns>
    public static Task RunAsync(string netns, Func<Task> body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Netns.Run(netns, () => new OneThread().Run(body));
                done.SetResult();
            }
            catch (Exception broken)
            {
                done.SetException(broken);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return done.Task;
    }

    public override void Post(SendOrPostCallback d, object? state) => calls.Add((d, state));

    private void Run(Func<Task> body)
    {
        SetSynchronizationContext(this);
        var running = body();
        running.ContinueWith(_ => calls.CompleteAdding(), TaskScheduler.Default);
        foreach (var (call, state) in calls.GetConsumingEnumerable())
        {
            call(state);
        }
        running.GetAwaiter().GetResult();
    }
}
