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

    // What a change makes worth looking at again.
    private static void Route(Watched watched, WorkQueue<Key> queue, PodReconciler pods)
    {
        void Again() // pods that wait for a network may have it now
        {
            foreach (var pod in pods.Waiting)
            {
                queue.Add(new Key(What.Pod, pod));
            }
        }
        void UsersOf(ObjectName subnet)
        {
            foreach (
                var network in watched.Networks.Items.Where(network =>
                    network.Spec.Subnets?.Any(reference => reference.In(network.Metadata.NamespaceProperty) == subnet)
                    == true
                )
            )
            {
                queue.Add(new Key(What.Network, network.ObjectName()));
            }
        }
        watched.Networks.Changed += (old, now) =>
        {
            queue.Add(new Key(What.Network, (now ?? old)!.ObjectName()));
            Again();
        };
        watched.Subnets.Changed += (old, now) =>
        {
            var name = (now ?? old)!.ObjectName();
            queue.Add(new Key(What.Subnet, name));
            UsersOf(name);
            Again();
        };
        watched.Namespaces.Changed += (old, now) =>
        {
            foreach (
                var network in watched.Networks.Items.Where(network =>
                    network.Metadata.NamespaceProperty == (now ?? old)!.Metadata.Name
                )
            )
            {
                queue.Add(new Key(What.Network, network.ObjectName()));
            }
            Again();
        };
        watched.Pods.Changed += (old, now) =>
        {
            var pod = (now ?? old)!;
            var name = new ObjectName(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            queue.Add(new Key(What.Pod, name));
            if (now is null || now.Status?.Phase is "Succeeded" or "Failed")
            {
                foreach (
                    var item in watched.Interfaces.Items.Where(item =>
                        item.Metadata.NamespaceProperty == name.Namespace && item.Spec.Pod.Name == name.Name
                    )
                )
                {
                    queue.Add(new Key(What.Interface, item.ObjectName()));
                }
            }
        };
        watched.Interfaces.Changed += (old, now) =>
        {
            var item = (now ?? old)!;
            queue.Add(new Key(What.Interface, item.ObjectName()));
            if ((old is null || now is null) && ObjectName.TryParse(item.Spec.Network, "", out var network))
            {
                queue.Add(new Key(What.Network, network));
            }
        };
        watched.Blocks.Changed += (old, now) =>
        {
            var block = (now ?? old)!;
            queue.Add(new Key(What.Subnet, new ObjectName(block.Metadata.NamespaceProperty, block.Spec.Subnet)));
        };
        watched.Configs.Changed += (old, now) =>
        {
            queue.Add(new Key(What.Config, (now ?? old)!.ObjectName()));
            foreach (var subnet in watched.Subnets.Items)
            {
                queue.Add(new Key(What.Subnet, subnet.ObjectName()));
            }
            Again();
        };
    }

    [LoggerMessage(LogLevel.Warning, "{What}: {Why}; again soon")]
    private static partial void LogFailed(ILogger log, string what, string why);
}
