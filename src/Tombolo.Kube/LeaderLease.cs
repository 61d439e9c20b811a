using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Kube;

/// <summary>
/// Leadership by a Lease: who holds it leads; others stand by and take it when it was not renewed for its duration, as
/// seen by their own clock. The holder stops leading before others may begin.
/// </summary>
public sealed partial class LeaderLease(KubeApi api, string inNamespace, string name, string identity, ILogger log)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Renew = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(7);

    private string? seenVersion;
    private DateTimeOffset seenAt;

    /// <summary>Runs <paramref name="lead"/> while the Lease is held, again and again, until cancelled.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(lead);
        while (!cancel.IsCancellationRequested)
        {
            if (!await TryHoldAsync(cancel))
            {
                await Task.Delay(Renew, api.Time, cancel);
                continue;
            }
            LogLeading(log, name, identity);
            using var term = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var work = lead(term.Token);
            await KeepAsync(work, cancel);
            await term.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LogLost(log, name, work.Exception?.GetBaseException().Message ?? "the lease could not be renewed");
        }
    }

    private async Task KeepAsync(Task work, CancellationToken cancel)
    {
        var renewed = api.Time.GetUtcNow();
        while (!cancel.IsCancellationRequested && !work.IsCompleted && api.Time.GetUtcNow() - renewed < GiveUp)
        {
            await Task.WhenAny(work, Task.Delay(Renew, api.Time, cancel));
            if (await TryHoldAsync(cancel))
            {
                renewed = api.Time.GetUtcNow();
            }
        }
    }

    private async Task<bool> TryHoldAsync(CancellationToken cancel)
    {
        try
        {
            var lease = await api.FindAsync<V1Lease>(inNamespace, name, cancel);
            var now = api.Time.GetUtcNow();
            if (lease is null)
            {
                await api.CreateAsync(
                    Held(
                        new V1Lease
                        {
                            Metadata = new() { Name = name, NamespaceProperty = inNamespace },
                        }
                    ),
                    cancel
                );
                return true;
            }
            if (lease.Metadata.ResourceVersion != seenVersion)
            {
                seenVersion = lease.Metadata.ResourceVersion;
                seenAt = now;
            }
            if (
                lease.Spec.HolderIdentity != identity
                && !string.IsNullOrEmpty(lease.Spec.HolderIdentity)
                && now - seenAt < Duration
            )
            {
                return false;
            }
            seenVersion = (await api.UpdateAsync(Held(lease), cancel)).Metadata.ResourceVersion;
            seenAt = now;
            return true;
        }
        catch (Exception broken) when (broken is KubeException or HttpRequestException)
        {
            LogCannot(log, name, broken.Message);
            return false;
        }
    }

    private V1Lease Held(V1Lease lease)
    {
        var now = api.Time.GetUtcNow().UtcDateTime;
        lease.Spec ??= new V1LeaseSpec();
        if (lease.Spec.HolderIdentity != identity)
        {
            lease.Spec.AcquireTime = now;
            lease.Spec.LeaseTransitions = (lease.Spec.LeaseTransitions ?? 0) + 1;
        }
        lease.Spec.HolderIdentity = identity;
        lease.Spec.LeaseDurationSeconds = (int)Duration.TotalSeconds;
        lease.Spec.RenewTime = now;
        return lease;
    }

    [LoggerMessage(LogLevel.Information, "lease {Lease}: {Identity} leads")]
    private static partial void LogLeading(ILogger log, string lease, string identity);

    [LoggerMessage(LogLevel.Warning, "lease {Lease}: no longer leading: {Why}")]
    private static partial void LogLost(ILogger log, string lease, string why);

    [LoggerMessage(LogLevel.Debug, "lease {Lease}: {Why}")]
    private static partial void LogCannot(ILogger log, string lease, string why);
}
