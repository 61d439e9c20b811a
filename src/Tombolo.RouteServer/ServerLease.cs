using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Kube;

namespace Tombolo.RouteServer;

/// <summary>This server's own Lease: renewed each 2 s so that others can tell who is stale, and carrying where operators ask.</summary>
internal sealed partial class ServerLease(
    KubeApi api,
    ServerIdentity self,
    string door,
    string fingerprint,
    ILogger log
)
{
    private static readonly TimeSpan Renew = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await RenewAsync(cancel);
            }
            catch (Exception broken) when (broken is KubeException or HttpRequestException)
            {
                LogNotRenewed(log, self.Name, broken.Message);
            }
            await Task.Delay(Renew, api.Time, cancel);
        }
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        var name = "routeserver-" + self.Name;
        var found = await api.FindAsync<V1Lease>(Names.SystemNamespace, name, cancel);
        var lease =
            found
            ?? new V1Lease
            {
                Metadata = new() { Name = name, NamespaceProperty = Names.SystemNamespace },
            };
        lease.Metadata.Labels = new Dictionary<string, string> { [Names.RouteServer] = self.Name };
        lease.Metadata.Annotations = new Dictionary<string, string>
        {
            [Names.Door] = door,
            [Names.DoorCertificate] = fingerprint,
        };
        lease.Spec ??= new V1LeaseSpec();
        lease.Spec.HolderIdentity = self.Name;
        lease.Spec.LeaseDurationSeconds = 10;
        lease.Spec.RenewTime = api.Time.GetUtcNow().UtcDateTime;
        await (found is null ? api.CreateAsync(lease, cancel) : api.UpdateAsync(lease, cancel));
    }

    [LoggerMessage(LogLevel.Debug, "lease of {Server} not renewed: {Why}")]
    private static partial void LogNotRenewed(ILogger log, string server, string why);
}
