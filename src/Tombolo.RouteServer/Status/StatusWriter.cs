using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.RouteServer.Status;

/// <summary>
/// Writes what nodes acknowledged into the status of interfaces and networks: only while this server holds the status
/// Lease, the latest of each object, at most once a second per object.
/// </summary>
internal sealed partial class StatusWriter(KubeApi api, EventRecorder events, ILogger log)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Collect = TimeSpan.FromMilliseconds(50);
    private const int InFlight = 16;

    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task>> wanted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);

    public void Up(NetworkInterface self, string node, Label label, int of, List<string> missing) =>
        Want(
            self,
            old =>
                old with
                {
                    Node = node,
                    Label = (int)label.Value,
                    State = InterfaceState.Up,
                    Acknowledged = new Acknowledged
                    {
                        Nodes = of - missing.Count,
                        Of = of,
                        WaitingFor = missing.Count == 0 ? null : [.. missing.Take(16)],
                    },
                    Conditions = Condition(
                        old,
                        missing.Count == 0,
                        missing.Count == 0 ? "Acknowledged" : "WaitingForNodes",
                        Words(of, missing)
                    ),
                }
        );

    public void Withdrawn(NetworkInterface self) =>
        Want(
            self,
            old =>
                old with
                {
                    State = InterfaceState.Withdrawn,
                    Conditions = Condition(old, false, "Withdrawn", "its node no longer holds it"),
                }
        );

    public void Failed(NetworkInterface self, string why)
    {
        Want(
            self,
            old => old with { State = InterfaceState.Failed, Conditions = Condition(old, false, "Failed", why) }
        );
    }

    public void Programmed(VirtualNetwork self, int of, List<string> missing) =>
        wanted["vn " + self.ObjectName()] = async cancel =>
        {
            var name = self.ObjectName();
            if (
                await api.FindAsync<VirtualNetwork>(name.Namespace, name.Name, cancel)
                is not { Metadata.DeletionTimestamp: null } now
            )
            {
                return;
            }
            var status = now.Status ?? new VirtualNetworkStatus();
            var conditions = Conditions.With(
                status.Conditions,
                Conditions.Programmed,
                missing.Count == 0,
                missing.Count == 0 ? "Acknowledged" : "WaitingForNodes",
                Words(of, missing),
                now.Metadata.Generation,
                api.ServerTime
            );
            if (!Conditions.Same(status.Conditions, conditions))
            {
                await api.UpdateStatusAsync(now with { Status = status with { Conditions = conditions } }, cancel);
            }
        };

    /// <summary>Writes while the status Lease is held.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(Collect, api.Time, cancel);
            var now = api.Time.GetUtcNow();
            var due = wanted.Where(one => !written.TryGetValue(one.Key, out var last) || now - last >= Pace).ToList();
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancel },
                async (one, stop) => await WriteAsync(one.Key, one.Value, stop)
            );
            foreach (var old in written.Where(one => now - one.Value > Pace + Pace))
            {
                written.TryRemove(old.Key, out _);
            }
        }
    }

    private async Task WriteAsync(string key, Func<CancellationToken, Task> write, CancellationToken cancel)
    {
        try
        {
            await write(cancel);
            wanted.TryRemove(KeyValuePair.Create(key, write)); // not if something newer is wanted by now
        }
        catch (KubeException refused) when (refused.IsNotFound)
        {
            wanted.TryRemove(KeyValuePair.Create(key, write));
        }
        catch (Exception broken) when (broken is KubeException or HttpRequestException)
        {
            LogLater(log, key, broken.Message);
        }
        written[key] = api.Time.GetUtcNow();
    }

    private void Want(NetworkInterface self, Func<NetworkInterfaceStatus, NetworkInterfaceStatus> change) =>
        wanted["ni " + self.Metadata.Uid] = async cancel =>
        {
            var name = self.ObjectName();
            var now = await api.FindAsync<NetworkInterface>(name.Namespace, name.Name, cancel);
            if (now is null || now.Metadata.Uid != self.Metadata.Uid)
            {
                return;
            }
            var old = now.Status ?? new NetworkInterfaceStatus();
            var next = change(old);
            var same =
                old with
                {
                    Conditions = null,
                    Acknowledged = null,
                } == next with { Conditions = null, Acknowledged = null }
                && old.Acknowledged?.Nodes == next.Acknowledged?.Nodes
                && old.Acknowledged?.Of == next.Acknowledged?.Of
                && Conditions.Same(old.Conditions, next.Conditions);
            if (same)
            {
                return;
            }
            await api.UpdateStatusAsync(now with { Status = next }, cancel);
            if (next.State == InterfaceState.Failed)
            {
                var why = Conditions.Find(next.Conditions, Conditions.Programmed)?.Message ?? "";
                await events.WarningAsync(now, "InterfaceFailed", why, cancel);
            }
        };

    private IReadOnlyList<V1Condition> Condition(
        NetworkInterfaceStatus old,
        bool status,
        string reason,
        string message
    ) => Conditions.With(old.Conditions, Conditions.Programmed, status, reason, message, null, api.ServerTime);

    private static string Words(int of, List<string> missing) =>
        missing.Count == 0
            ? $"all {of} nodes that need it hold it"
            : $"{of - missing.Count} of {of} nodes that need it hold it; waiting for {string.Join(", ", missing.Take(5))}"
                + (missing.Count > 5 ? $" and {missing.Count - 5} more" : "");

    [LoggerMessage(LogLevel.Warning, "status of {Key} not written, again soon: {Why}")]
    private static partial void LogLater(ILogger log, string key, string why);
}
