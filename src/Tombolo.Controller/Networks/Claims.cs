using k8s.Models;
using Tombolo.Api.Kinds;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>Numbers that are unique in the system: VNIs and VRF indices. The Claim's name is the number, so creating it
/// is the mutual exclusion.</summary>
internal sealed class Claims(KubeApi api, Watched watched)
{
    /// <summary>The number that the holder has, or a new one of the range.</summary>
    /// <param name="kind"><c>vni</c> or <c>vrf</c>.</param>
    /// <exception cref="InvalidOperationException">The range is used up.</exception>
    public async Task<int> TakeAsync(
        string kind,
        int first,
        int last,
        string holder,
        string uid,
        CancellationToken cancel
    )
    {
        var prefix = kind + "-";
        var taken = new HashSet<int>();
        foreach (var claim in watched.Claims.Items)
        {
            if (
                claim.Metadata.Name.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(claim.Metadata.Name.AsSpan(prefix.Length), out var number)
            )
            {
                if (claim.Spec.Uid == uid)
                {
                    return number;
                }
                taken.Add(number);
            }
        }
        for (var number = first; number <= last; number++)
        {
            if (!taken.Contains(number) && await TryCreateAsync(prefix + number, holder, uid, cancel))
            {
                return number;
            }
        }
        throw new InvalidOperationException($"no {kind} is left between {first} and {last}");
    }

    /// <summary>Lays all that an object held to rest.</summary>
    public async Task ReleaseAsync(string uid, CancellationToken cancel)
    {
        foreach (
            var claim in watched
                .Claims.Items.Where(claim => claim.Spec.Uid == uid && claim.Spec.Released is null)
                .ToList()
        )
        {
            await api.UpdateAsync(claim with { Spec = claim.Spec with { Released = api.ServerTime } }, cancel);
        }
    }

    /// <summary>True if the claim is this holder's, also if an earlier attempt of ours made it.</summary>
    private async Task<bool> TryCreateAsync(string name, string holder, string uid, CancellationToken cancel)
    {
        try
        {
            await api.CreateAsync(
                new Claim
                {
                    Metadata = new V1ObjectMeta { Name = name },
                    Spec = new ClaimSpec { Holder = holder, Uid = uid },
                },
                cancel
            );
            return true;
        }
        catch (KubeException refused) when (refused.AlreadyExists)
        {
            return (await api.FindAsync<Claim>(null, name, cancel))?.Spec.Uid == uid;
        }
    }
}
