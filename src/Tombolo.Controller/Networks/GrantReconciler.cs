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
        var judgement = GrantIntent.Judge(grant);
        var old = grant.Status?.Conditions;
        var now = Judged.Conditions(old, judgement, grant.Metadata.Generation, api.ServerTime);
        if (!Conditions.Same(old, now))
        {
            await api.UpdateStatusAsync(
                grant with
                {
                    Status = new RouteTargetGrantStatus { Conditions = now },
                },
                cancel
            );
            await Judged.TellAsync(events, grant, old, judgement, cancel);
        }
        return null;
    }
}
