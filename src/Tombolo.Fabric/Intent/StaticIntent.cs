using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>A static route of a network, read: by way of a pod of it, of an address, or nowhere on purpose.</summary>
/// <param name="Pod">Of the route via a pod, else null; without a namespace, the first of that name that is in the network.</param>
/// <param name="Address">Of the route via an address.</param>
public sealed record StaticIntent(Prefix Prefix, ObjectName? Pod, Address? Address)
{
    public bool IsDrop => Pod is null && Address is null;

    /// <summary>Reads <c>spec.routes</c>; what is refused is left out.</summary>
    /// <param name="system">Prefixes that no route of a network may overlap.</param>
    public static Judgement Read(VirtualNetwork network, IReadOnlyList<Prefix> system, out List<StaticIntent> routes)
    {
        ArgumentNullException.ThrowIfNull(network);
        routes = [];
        var first = Judgement.Accepted;
        for (var i = 0; i < (network.Spec.Routes?.Count ?? 0); i++)
        {
            var judgement = Read(network, network.Spec.Routes![i], $"spec.routes[{i}]", system, routes);
            first = first.IsAccepted ? judgement : first;
        }
        return first;
    }

    private static Judgement Read(
        VirtualNetwork network,
        StaticRoute route,
        string field,
        IReadOnlyList<Prefix> system,
        List<StaticIntent> routes
    )
    {
        if (!Prefix.TryParse(route.Prefix, out var prefix))
        {
            return Judgement.Refused(
                "InvalidRoute",
                $"{field}.prefix",
                $"'{route.Prefix}' is no prefix; write 0.0.0.0/0 or 10.1.0.0/16, host bits zero"
            );
        }
        // A default route covers them all and is no claim to any.
        if (prefix.Length > 0 && system.FirstOrDefault(one => one.Overlaps(prefix)) is { Length: > 0 } overlap)
        {
            return Judgement.Refused(
                "OverlapsSystem",
                $"{field}.prefix",
                $"{prefix} overlaps the system subnet {overlap}"
            );
        }
        if (routes.Any(other => other.Prefix == prefix))
        {
            return Judgement.Refused("InvalidRoute", $"{field}.prefix", $"{prefix} has a route already");
        }
        var says =
            (route.Drop == true ? 1 : 0) + (route.Via?.Pod is null ? 0 : 1) + (route.Via?.Address is null ? 0 : 1);
        if (says != 1)
        {
            return Judgement.Refused("InvalidRoute", field, "say one of via.pod, via.address and drop: true");
        }
        ObjectName? pod = null;
        Address? address = null;
        if (route.Via?.Pod is { } name)
        {
            if (!ObjectName.TryParse(name, "", out var found))
            {
                return Judgement.Refused("InvalidRoute", $"{field}.via.pod", $"'{name}' is no name of a pod");
            }
            pod = found;
        }
        else if (route.Via?.Address is { } text)
        {
            if (!Values.Address.TryParse(text, out var found) || found.Family != prefix.Family)
            {
                return Judgement.Refused(
                    "InvalidRoute",
                    $"{field}.via.address",
                    $"'{text}' is no address of the prefix's family"
                );
            }
            address = found;
        }
        routes.Add(new StaticIntent(prefix, pod, address));
        return Judgement.Accepted;
    }
}
