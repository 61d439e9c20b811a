using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// One pod from its first step to its last. A loop looks at what is wanted (the pod), what is (its state), and does one
/// thing; a change of the pod, an ended process, a probe's verdict or a time that has come make it look again.
/// </summary>
internal sealed partial class PodWorker : IAsyncDisposable
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryCap = TimeSpan.FromSeconds(10);

    private readonly PodServices services;
    private readonly PodState state;
    private readonly PodReport report;
    private readonly WakeUp wakeUp;
    private readonly List<Container> containers = [];
    private readonly CancellationTokenSource starting = new(); // has no timer: needs no disposal

    private volatile Wanted wanted;
    private Backoff retry = Backoff.Of(RetryFirst, RetryCap);
    private DateTime notBefore;
    private V1PodStatus? lastStatus;

    /// <param name="Pod">The pod as last seen.</param>
    /// <param name="Exists">False once the API server has it no more.</param>
    private sealed record Wanted(V1Pod Pod, bool Exists)
    {
        public bool Ends => !Exists || Pod.Metadata.DeletionTimestamp is not null;
    }

    /// <param name="pod">Null for one that an earlier kubelet ran and that is gone: it is only taken away.</param>
    public PodWorker(PodServices services, V1Pod? pod, PodState state)
    {
        this.services = services;
        this.state = state;
        wanted = new Wanted(pod ?? Forgotten(state), pod is not null);
        report = new PodReport(services, state.Uid);
        wakeUp = new WakeUp(services.Options.Time);
    }

    public string Uid => state.Uid;

    /// <summary>As of the last step; null before the first.</summary>
    public PodView? View { get; private set; }

    private V1Pod Pod => wanted.Pod;

    private string Directory => services.DirectoryOf(state.Uid);

    /// <summary>The pod's newest form; null: it is gone.</summary>
    public void Update(V1Pod? pod)
    {
        if (pod is null ? !wanted.Exists : ReferenceEquals(pod, wanted.Pod) && wanted.Exists)
        {
            return; // nothing new: another pod's news
        }
        wanted = pod is null ? wanted with { Exists = false } : new Wanted(pod, Exists: true);
        if (wanted.Ends)
        {
            starting.Cancel(); // a plugin that waits need wait no longer
        }
        wakeUp.Call();
    }

    /// <summary>Until the pod is gone. Cancelling leaves the pod running, for the next kubelet.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Read(Pod.Spec);
        AdoptAll();
        var reporting = report.RunAsync(cancel);
        while (true)
        {
            await NoteEndsAsync();
            var (done, next) = wanted.Ends ? await EndAsync(cancel) : (false, await AdvanceAsync(cancel));
            if (done)
            {
                break;
            }
            Publish();
            await wakeUp.WaitAsync(next, cancel);
        }
        report.PutLast(Pod, StatusNow());
        await reporting;
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        LogGone(services.Log, state.Namespace, state.Name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in containers)
        {
            await StopProbesAsync(container);
            if (container.Process is { } process)
            {
                await process.DisposeAsync();
            }
        }
    }

    /// <summary>One step of a pod that is wanted. Gives when to look again; null: when something happens.</summary>
    private async Task<TimeSpan?> AdvanceAsync(CancellationToken cancel)
    {
        if (state.Finished)
        {
            return null;
        }
        if (IsOver)
        {
            return await FinishAsync(cancel);
        }
        if (!HasNetwork)
        {
            if (services.Now < notBefore)
            {
                return notBefore - services.Now;
            }
            Publish(); // Pending, before what may take long
            if (!await TryStartSandboxAsync(cancel))
            {
                notBefore = services.Now + retry.Delay;
                return retry.Delay;
            }
        }
        Read(Pod.Spec);
        return await RunContainersAsync(cancel);
    }

    /// <summary>All have ended for good: the sandbox goes, the pod stays as a record.</summary>
    private async Task<TimeSpan?> FinishAsync(CancellationToken cancel)
    {
        var sidecars = await StopAsync(containers.Where(c => c.State.IsRunning).ToList(), Grace);
        if (sidecars is not null)
        {
            return sidecars;
        }
        if (!await TryRemoveSandboxAsync(cancel))
        {
            return retry.Delay;
        }
        state.Finished = true;
        Save();
        return null;
    }

    /// <summary>One step of a pod that must go: end its processes, take its network and its sandbox away.</summary>
    private async Task<(bool Done, TimeSpan? Next)> EndAsync(CancellationToken cancel)
    {
        var running = containers.Where(c => c.State.IsRunning).ToList();
        if (await StopAsync(running, Grace) is { } wait)
        {
            return (false, wait);
        }
        if (services.Now < notBefore && state.SandboxId is not null)
        {
            return (false, notBefore - services.Now);
        }
        if (!await TryRemoveSandboxAsync(cancel))
        {
            notBefore = services.Now + retry.Delay;
            return (false, retry.Delay);
        }
        return (true, null);
    }

    private TimeSpan Grace =>
        TimeSpan.FromSeconds(
            wanted.Exists ? Pod.Metadata.DeletionGracePeriodSeconds ?? Pod.Spec.TerminationGracePeriodSeconds ?? 30 : 1 // deleted by force, or behind our back: a moment to leave in order
        );

    private V1PodStatus StatusNow() =>
        lastStatus = PodStatus.Of(
            Pod,
            lastStatus ?? Pod.Status,
            state,
            containers,
            services.Options.NodeAddress.ToString(),
            services.Now
        );

    private void Publish()
    {
        // A pod that was over before we knew it keeps the status that it has.
        if (wanted.Exists && !(state.Finished && containers.TrueForAll(c => c.State.Id is null)))
        {
            report.Put(Pod, StatusNow());
        }
        View = new PodView(
            Pod,
            state.SandboxId,
            state.Addresses,
            Directory,
            [
                .. containers.Select(c => new ContainerView(
                    c.Spec,
                    c.State.IsRunning,
                    c.State.Id is null ? 0 : c.State.Restarts + 1,
                    c.State.Restarts
                )),
            ]
        );
    }

    private void Save() => state.Save(Directory);

    private static V1Pod Forgotten(PodState state) =>
        new()
        {
            Metadata = new()
            {
                Name = state.Name,
                NamespaceProperty = state.Namespace,
                Uid = state.Uid,
            },
            Spec = new() { Containers = [.. state.Containers.Keys.Select(name => new V1Container { Name = name })] },
        };

    [LoggerMessage(LogLevel.Information, "pod {Namespace}/{Name}: gone")]
    private static partial void LogGone(ILogger log, string @namespace, string name);
}
