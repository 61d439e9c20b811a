using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Interfaces;
using Tombolo.Controller.Ipam;
using Tombolo.Controller.Networks;
using Tombolo.Kube;

namespace Tombolo.Controller;

/// <summary>The controller process: while it holds the Lease it decides networks, addresses and interfaces.</summary>
public sealed partial class ControllerRole(KubeApi api, string identity, ILogger log)
{
    // Reconcilers wait for the API server most of the time; eight keep a burst of pods moving.
    private const int Workers = 8;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);

    private enum What
    {
        Network,
        Subnet,
        Config,
        Pod,
        Interface,
        Router,
        Grant,
        Namespace,
        Sweep,
    }

    private readonly record struct Key(What What, ObjectName Name);

    private static readonly Meter Measured = new("Tombolo.Controller");
    private static readonly Gauge<int> Leads = Measured.CreateGauge<int>(
        "tombolo.controller.leader",
        null,
        "1 while this process leads."
    );
    private static readonly Gauge<int> WaitingPods = Measured.CreateGauge<int>(
        "tombolo.controller.pods.waiting",
        null,
        "Pods that wait for a network, a subnet or an address; their events say why."
    );
    private static readonly Histogram<double> Reconciled = Measured.CreateHistogram<double>(
        "tombolo.controller.reconcile",
        "s",
        "Time to look at one object, by what it is and how it ended."
    );

    /// <summary>Stands by, leads when it may, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) =>
        new LeaderLease(api, "kube-system", "tombolo-controller", identity, log).RunAsync(LeadAsync, cancel);

    /// <summary>Leads until cancelled. That no other does is the lease's affair; addresses are safe without.</summary>
    internal async Task LeadAsync(CancellationToken cancel)
    {
        await EnsureDefaultsAsync(cancel);
        var watched = new Watched(api, log);
        var queue = new WorkQueue<Key>(api.Time);
        var events = new EventRecorder(api, "tombolo-controller", log);
        var blocks = new AddressBlocks(api, watched);
        var pods = new PodReconciler(api, watched, blocks, events);
        var interfaces = new InterfaceReconciler(api, watched, blocks);
        var networks = new NetworkReconciler(api, watched, blocks, new Claims(api, watched), events);
        var subnets = new SubnetReconciler(api, watched, blocks, events);
        var configs = new ConfigReconciler(api, watched, events);
        using var routers = new RouterReconciler(api, watched, events);
        var grants = new GrantReconciler(api, watched, events);
        var namespaces = new NamespaceReconciler(api, watched, events);
        var sweep = new Sweeping(api, watched, blocks);
        Route(watched, queue, pods);

        var running = watched.All.Select(informer => informer.RunAsync(cancel)).ToList();
        await Task.WhenAll(watched.All.Select(informer => informer.Synced)).WaitAsync(cancel);
        queue.Add(new Key(What.Sweep, default));
        Leads.Record(1);
        await using var ends = cancel.Register(() => Leads.Record(0));
        async Task<TimeSpan?> MeasuredAsync(Key key, CancellationToken stop)
        {
            var began = api.Time.GetTimestamp();
            var result = "error";
            try
            {
                var again = await WorkAsync(key, stop);
                result = "ok";
                return again;
            }
            finally
            {
                if (key.What == What.Pod)
                {
                    WaitingPods.Record(pods.WaitingCount);
                }
                Reconciled.Record(
                    api.Time.GetElapsedTime(began).TotalSeconds,
                    new KeyValuePair<string, object?>("kind", key.What.ToString()),
                    new KeyValuePair<string, object?>("result", result)
                );
            }
        }
        async Task<TimeSpan?> WorkAsync(Key key, CancellationToken stop)
        {
            try
            {
                switch (key.What)
                {
                    case What.Network:
                        return await networks.ReconcileAsync(key.Name, stop);
                    case What.Subnet:
                        return await subnets.ReconcileAsync(key.Name, stop);
                    case What.Config:
                        return await configs.ReconcileAsync(key.Name, stop);
                    case What.Pod:
                        return await pods.ReconcileAsync(key.Name, stop);
                    case What.Interface:
                        return await interfaces.ReconcileAsync(key.Name, stop);
                    case What.Router:
                        return await routers.ReconcileAsync(key.Name, stop);
                    case What.Grant:
                        return await grants.ReconcileAsync(key.Name, stop);
                    case What.Namespace:
                        return await namespaces.ReconcileAsync(key.Name, stop);
                    default:
                        await sweep.RunAsync(stop);
                        return Sweep;
                }
            }
            catch (KubeException refused) when (refused.IsConflict || refused.IsNotFound)
            {
                // Our view was old; the watch brings the new one, and a look soon after does no harm.
                return TimeSpan.FromMilliseconds(200);
            }
        }
        running.AddRange(
            Enumerable
                .Range(0, Workers)
                .Select(_ =>
                    queue.RunAsync(
                        MeasuredAsync,
                        (key, broken) => LogFailed(log, $"{key.What} {key.Name}", broken.Message),
                        cancel
                    )
                )
        );
        await Task.WhenAll(running);
    }

    // The CRDs may be younger than we are.
    private async Task EnsureDefaultsAsync(CancellationToken cancel)
    {
        var backoff = Backoff.None;
        while (true)
        {
            try
            {
                await Defaults.EnsureAsync(api, cancel);
                return;
            }
            catch (Exception broken) when (broken is KubeException or HttpRequestException)
            {
                backoff = backoff.Next();
                LogFailed(log, "the default networks", broken.Message);
                await Task.Delay((broken as KubeException)?.RetryAfter ?? backoff.Delay, api.Time, cancel);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{What}: {Why}; again soon")]
    private static partial void LogFailed(ILogger log, string what, string why);
}
