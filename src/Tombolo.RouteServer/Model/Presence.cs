using k8s.Models;
using Tombolo.Fabric;
using Tombolo.RouteServer.Streams;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Model;

/// <summary>
/// What a node is to the model, from its Node object and its agent's stream. Its routes stay while its stream is there, or
/// while it is Ready and the stream was lost less than <c>staleTime</c> ago.
/// </summary>
internal sealed class Presence
{
    public V1Node? Object { get; set; }

    public NodeSession? Session { get; set; }

    public Wire.Hello? LastHello { get; set; }

    public DateTimeOffset? LostAt { get; set; }

    public bool IsReady =>
        Object?.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    public bool IsAlive(DateTimeOffset now, TimeSpan staleTime) =>
        Session is not null || (Object is not null && IsReady && LostAt is { } lost && now - lost < staleTime);

    public NodeFacts Facts(DateTimeOffset now, TimeSpan staleTime)
    {
        var underlay = (LastHello?.Underlay ?? [])
            .Where(octets => octets.Length is 4 or 16)
            .Select(octets => Address.Read(octets.Span));
        // A newer agent may know more of them than we do.
        var encapsulations = (LastHello?.Encapsulations ?? [])
            .Where(one => one is Wire.Encapsulation.MplsInUdp or Wire.Encapsulation.Vxlan)
            .Select(one => one == Wire.Encapsulation.MplsInUdp ? Encapsulation.MplsInUdp : Encapsulation.Vxlan);
        return new NodeFacts(
            underlay.ToSequence(),
            encapsulations.ToSequence(),
            (int)(LastHello?.UnderlayMtu ?? 0),
            IsAlive(now, staleTime)
        );
    }
}
