using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>A RouteTargetGrant: judged; what of it cannot be read grants nothing.</summary>
internal sealed class GrantReconciler(KubeApi api, Watched watched, EventRecorder events)
{
    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        if (watched.Grants.Find(null, name.Name) is not { } grant)
        {
            return null;
        }
        await Judged.WriteAsync(
            api,
            events,
            grant,
            grant.Status?.Conditions,
            GrantIntent.Judge(grant),
            now => grant with { Status = new RouteTargetGrantStatus { Conditions = now } },
            cancel
        );
        return null;
    }
}
