using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>FabricConfig: judged, and said whether all of it is in force.</summary>
internal sealed class ConfigReconciler(KubeApi api, Watched watched, EventRecorder events)
{
    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        if (watched.Configs.Find(null, name.Name) is not { } config)
        {
            return null;
        }
        var judgement =
            name.Name == "default"
                ? ConfigIntent.Judge(config.Spec)
                : Judgement.Refused(
                    "NotUsed",
                    "metadata.name",
                    $"only the FabricConfig named default is read, not '{name.Name}'"
                );
        await Judged.WriteAsync(
            api,
            events,
            config,
            config.Status?.Conditions,
            judgement,
            now => config with { Status = new FabricConfigStatus { Conditions = now } },
            cancel
        );
        return null;
    }
}
