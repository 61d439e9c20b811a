using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>One interface that gets an answer from another at one of its addresses.</summary>
/// <param name="From">Uid of the NetworkInterface that asks.</param>
/// <param name="To">Of the one that answers.</param>
public readonly record struct Reached(string From, string To, Address Address);

/// <content>Who reaches whom, as the routes of the last flush have it: the model's answer, without a packet.</content>
public sealed partial class Fabric
{
    /// <summary>
    /// Every pair of interfaces of which the first would get an answer: its VRF leads to the address, the other's VRF leads
    /// back (receivers drop what does not come from where its source's route leads), and no baseline denies it.
    /// </summary>
    public IReadOnlyList<Reached> Reaches() =>
        [
            .. vrfs
                .Values.Where(vrf => vrf.Entry is not null)
                .SelectMany(vrf =>
                    vrf.Interfaces.Select(uid => interfaces[uid]).SelectMany(from => Reaches(vrf, from))
                ),
        ];

    /// <summary>The best path to an address as an interface's own VRF has it; null: no route, or the interface has none.</summary>
    /// <remarks>What leads by way of the interface itself is not for it.</remarks>
    public Path? Lead(string uid, Address address) =>
        interfaces.GetValueOrDefault(uid) is { Vrf: { } name } from && vrfs.TryGetValue(name, out var vrf)
            ? Lead(vrf, address, from.Uid)
            : null;

    private IEnumerable<Reached> Reaches(Vrf vrf, Attached from)
    {
        if (from.Path is null)
        {
            yield break;
        }
        var others = vrf
            .Rib.Routes.Values.SelectMany(route => route.Paths)
            .Select(path => path.InterfaceUid)
            .Where(uid => uid.Length > 0 && uid != from.Uid)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var to in others.Select(uid => interfaces.GetValueOrDefault(uid)).OfType<Attached>())
        {
            var denied = to.Vrf == from.Vrf && vrf.Entry!.DenyIntra;
            foreach (var address in denied ? [] : to.Addresses)
            {
                if (
                    Leads(vrf, address, from.Uid) == to.Uid
                    && from.Addresses.Any(own =>
                        own.Family == address.Family && Leads(VrfOf(to.Vrf!), own, to.Uid) == from.Uid
                    )
                )
                {
                    yield return new Reached(from.Uid, to.Uid, address);
                }
            }
        }
    }

    private static Path? Lead(Vrf vrf, Address address, string asker)
    {
        for (var length = address.Width; length >= 0; length--)
        {
            if (vrf.Rib.Routes.TryGetValue(new Prefix(address, length), out var route))
            {
                var isItsOwn = route.Paths[0].InterfaceUid == asker && route.Paths[0].Preference == Preferences.Static;
                return isItsOwn ? route.Otherwise : route.Paths[0];
            }
        }
        return null;
    }

    private static string? Leads(Vrf vrf, Address address, string asker) =>
        Lead(vrf, address, asker) is { Target: PathTarget.Interface } path ? path.InterfaceUid : null;
}
