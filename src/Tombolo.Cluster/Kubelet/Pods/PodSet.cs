using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>The pods of this node, a worker each; and what earlier kubelets left of pods that are no more.</summary>
internal sealed partial class PodSet(PodServices services, Mirror<V1Pod> pods)
{
    private readonly ConcurrentDictionary<string, PodWorker> workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);

    public PodView? Find(string inNamespace, string name) =>
        workers
            .Values.Select(worker => worker.View)
            .FirstOrDefault(view =>
                view is not null && view.Pod.Metadata.Name == name && view.Pod.Metadata.NamespaceProperty == inNamespace
            );

    /// <summary>The logs that processes may be writing now.</summary>
    public IEnumerable<string> Logs() =>
        workers
            .Values.Select(worker => worker.View)
            .OfType<PodView>()
            .SelectMany(view =>
                view.Containers.Where(c => c.IsRunning).Select(c => LogPath.Of(view.Directory, c.Spec.Name, c.Restarts))
            );

    /// <summary>Until cancelled; then all pods are left running.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        // Only who knows all pods can say which of those that run are not wanted.
        await pods.Synced.WaitAsync(cancel);
        await TakeOverAsync(cancel);
        var news = new WakeUp(services.Options.Time);
        pods.Changed += (_, _) => news.Call();
        while (!cancel.IsCancellationRequested)
        {
            Compare(cancel);
            await news.WaitAsync(null, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Gives each pod a worker and each worker its pod's newest form.</summary>
    private void Compare(CancellationToken cancel)
    {
        var byUid = pods.Items.ToDictionary(pod => pod.Metadata.Uid, StringComparer.Ordinal);
        foreach (var (uid, pod) in byUid)
        {
            if (workers.TryGetValue(uid, out var worker))
            {
                worker.Update(pod);
            }
            else
            {
                Begin(pod, NewState(pod), cancel);
            }
        }
        foreach (var (uid, worker) in workers)
        {
            if (!byUid.ContainsKey(uid))
            {
                worker.Update(null);
            }
        }
    }

    private async Task TakeOverAsync(CancellationToken cancel)
    {
        var root = Path.Combine(services.Options.StateDirectory, "pods");
        Directory.CreateDirectory(root);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var byUid = pods.Items.ToDictionary(pod => pod.Metadata.Uid, StringComparer.Ordinal);
        foreach (var directory in Directory.EnumerateDirectories(root))
        {
            if (PodState.Load(directory) is { } state)
            {
                known.Add(state.SandboxId ?? "");
                Begin(byUid.GetValueOrDefault(state.Uid), state, cancel);
            }
        }
        foreach (var orphan in services.Sandbox.List().Where(handle => !known.Contains(handle.Id)))
        {
            LogOrphan(services.Log, orphan.Id);
            await services.Sandbox.RemoveAsync(orphan.Id, cancel);
        }
    }

    private static PodState NewState(V1Pod pod) =>
        new()
        {
            Uid = pod.Metadata.Uid,
            Namespace = pod.Metadata.NamespaceProperty,
            Name = pod.Metadata.Name,
            // It was over before we knew it: nothing to run, nothing to say.
            Finished = pod.Status?.Phase is "Succeeded" or "Failed",
        };

    private void Begin(V1Pod? pod, PodState state, CancellationToken cancel)
    {
        var worker = new PodWorker(services, pod, state);
        workers[state.Uid] = worker;
        running[state.Uid] = RunAsync(worker, cancel);
    }

    private async Task RunAsync(PodWorker worker, CancellationToken cancel)
    {
        await Task.Yield();
        try
        {
            await worker.RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The pod runs on without us.
        }
#pragma warning disable CA1031 // one pod's failure must not stop the others
        catch (Exception broken)
#pragma warning restore CA1031
        {
            LogBroken(services.Log, broken, worker.Uid);
        }
        workers.TryRemove(worker.Uid, out _);
        running.TryRemove(worker.Uid, out _);
        await worker.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Warning, "sandbox {Id} belongs to no pod that we know: removed")]
    private static partial void LogOrphan(ILogger log, string id);

    [LoggerMessage(LogLevel.Error, "pod {Uid}: its worker broke, it starts anew at the pod's next change")]
    private static partial void LogBroken(ILogger log, Exception broken, string uid);
}
