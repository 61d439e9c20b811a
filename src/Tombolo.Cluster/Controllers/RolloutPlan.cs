using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>A ReplicaSet as a rollout sees it.</summary>
/// <param name="Replicas">Asked for.</param>
/// <param name="Existing">There are.</param>
internal sealed record SetSize(string Name, int Replicas, int Existing, int Available);

/// <summary>
/// How far a Deployment's sets may grow and shrink now. Never more pods than wanted plus surge; never fewer available than
/// wanted minus what may be unavailable. Pure.
/// </summary>
internal static class RolloutPlan
{
    /// <param name="newest">The set with the wanted template; null: not made yet, or the Deployment is paused without one.</param>
    /// <returns>The new sizes, by name; sets that stay as they are are left out.</returns>
    public static IReadOnlyDictionary<string, int> Of(
        V1Deployment deployment,
        SetSize? newest,
        IReadOnlyList<SetSize> old
    )
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        if (deployment.Spec.Paused == true)
        {
            // Paused is no rollout, but it may be scaled: the set that is in use, if there is one only.
            var inUse = old.Append(newest).OfType<SetSize>().Where(set => set.Replicas > 0).ToList();
            var only =
                inUse.Count == 1 ? inUse[0]
                : inUse.Count == 0 ? newest
                : null;
            Set(sizes, only, wanted);
        }
        else if (newest is not null && deployment.Spec.Strategy?.Type == "Recreate")
        {
            foreach (var set in old)
            {
                Set(sizes, set, 0);
            }
            if (old.All(set => set.Existing == 0))
            {
                Set(sizes, newest, wanted);
            }
        }
        else if (newest is not null)
        {
            var (surge, unavailable) = Limits(deployment, wanted);
            Grow(sizes, newest, old, wanted, wanted + surge);
            Shrink(sizes, newest, old, wanted - unavailable);
        }
        return sizes;
    }

    /// <summary>maxSurge rounds up, maxUnavailable down; both zero would never move.</summary>
    public static (int Surge, int Unavailable) Limits(V1Deployment deployment, int wanted)
    {
        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var surge = Resolve(rolling?.MaxSurge?.Value, wanted, up: true);
        var unavailable = Math.Min(Resolve(rolling?.MaxUnavailable?.Value, wanted, up: false), wanted);
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    private static int Resolve(string? value, int wanted, bool up)
    {
        value ??= "25%";
        if (!value.EndsWith('%'))
        {
            return int.TryParse(value, out var count) ? Math.Max(0, count) : 0;
        }
        var exact = int.TryParse(value[..^1], out var percent) ? percent * wanted / 100.0 : 0;
        return (int)(up ? Math.Ceiling(exact) : Math.Floor(exact));
    }

    private static void Grow(
        Dictionary<string, int> sizes,
        SetSize newest,
        IReadOnlyList<SetSize> old,
        int wanted,
        int most
    )
    {
        var room = Math.Max(0, most - newest.Replicas - old.Sum(set => set.Replicas));
        Set(sizes, newest, newest.Replicas > wanted ? wanted : Math.Min(wanted, newest.Replicas + room));
    }

    /// <summary>First old pods that serve nobody, then those that do as new ones are available.</summary>
    private static void Shrink(
        Dictionary<string, int> sizes,
        SetSize newest,
        IReadOnlyList<SetSize> old,
        int leastAvailable
    )
    {
        var notYet = Math.Max(0, newest.Replicas - newest.Available);
        var total = newest.Replicas + old.Sum(set => set.Replicas);
        var spare = total - leastAvailable - notYet;
        var left = old.ToDictionary(set => set.Name, set => set.Replicas, StringComparer.Ordinal);
        foreach (var set in old)
        {
            var useless = Math.Clamp(set.Replicas - set.Available, 0, Math.Max(0, spare));
            left[set.Name] -= useless;
            spare -= useless;
        }
        var available = newest.Available + old.Sum(set => Math.Min(set.Available, left[set.Name]));
        var surplus = Math.Min(available - leastAvailable, spare);
        foreach (var set in old)
        {
            var going = Math.Clamp(surplus, 0, left[set.Name]);
            left[set.Name] -= going;
            surplus -= going;
            Set(sizes, set, left[set.Name]);
        }
    }

    private static void Set(Dictionary<string, int> sizes, SetSize? set, int replicas)
    {
        if (set is not null && set.Replicas != replicas)
        {
            sizes[set.Name] = replicas;
        }
    }
}
