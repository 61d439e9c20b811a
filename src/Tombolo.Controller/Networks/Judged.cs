using k8s;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>How a judgement is told: conditions on the object, and an event when it is refused for another reason than before.</summary>
internal static class Judged
{
    /// <summary>Accepted and Ready, of an object for which both are the same.</summary>
    public static IReadOnlyList<V1Condition> Conditions(
        IReadOnlyList<V1Condition>? old,
        Judgement judgement,
        long? generation,
        DateTime now
    )
    {
        var accepted = judgement.IsAccepted;
        var list = Api.Conditions.With(
            old,
            Api.Conditions.Accepted,
            accepted,
            judgement.Reason,
            judgement.Message,
            generation,
            now
        );
        var ready = accepted ? "Ready" : judgement.Reason;
        return Api.Conditions.With(list, Api.Conditions.Ready, accepted, ready, judgement.Message, generation, now);
    }

    /// <summary>Writes what came of an object for which Accepted and Ready are the same, and tells it; nothing if it stands so already.</summary>
    /// <param name="with">The object with these conditions in its status.</param>
    public static async Task WriteAsync<T>(
        KubeApi api,
        EventRecorder events,
        T item,
        IReadOnlyList<V1Condition>? old,
        Judgement judgement,
        Func<IReadOnlyList<V1Condition>, T> with,
        CancellationToken cancel
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var now = Conditions(old, judgement, item.Metadata.Generation, api.ServerTime);
        if (!Api.Conditions.Same(old, now))
        {
            await api.UpdateStatusAsync(with(now), cancel);
            await TellAsync(events, item, old, judgement, cancel);
        }
    }

    public static async Task TellAsync(
        EventRecorder events,
        IKubernetesObject<V1ObjectMeta> on,
        IReadOnlyList<V1Condition>? old,
        Judgement judgement,
        CancellationToken cancel
    )
    {
        if (!judgement.IsAccepted && Api.Conditions.Find(old, Api.Conditions.Accepted)?.Message != judgement.Message)
        {
            await events.WarningAsync(on, judgement.Reason, judgement.Message, cancel);
        }
    }
}
