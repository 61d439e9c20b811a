using System.Collections.Immutable;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

/// <summary>A neighbour as configured.</summary>
public sealed record NeighborOptions
{
    public required string Name { get; init; }

    public required Address Address { get; init; }

    /// <summary>The neighbour's AS; 0 takes any.</summary>
    public required uint As { get; init; }

    public ImmutableArray<NeighborFamily> Families { get; init; } = [new(Family.IPv4Unicast)];

    public int Port { get; init; } = 179;

    /// <summary>Where connections leave from; none lets the kernel choose.</summary>
    public Address LocalAddress { get; init; }

    /// <summary>Our AS towards this neighbour; 0 for the speaker's.</summary>
    public uint LocalAs { get; init; }

    public bool Passive { get; init; }

    /// <summary>TCP MD5 key; empty for none.</summary>
    public string Password { get; init; } = "";

    /// <summary>GTSM: hops that the neighbour may be away; 0 for no check.</summary>
    public int TtlSecurityHops { get; init; }

    /// <summary>TTL of what we send; 0 leaves the kernel's.</summary>
    public int Ttl { get; init; }

    public ushort HoldSeconds { get; init; } = 90;

    public TimeSpan ConnectRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A client of this reflector (RFC 4456); internal neighbours only.</summary>
    public bool IsClient { get; init; }

    /// <summary>How long it shall keep our routes when we go away, and offer of help when it does; zero for neither.</summary>
    public TimeSpan GracefulRestart { get; init; }

    /// <summary>Offer of 65,535 octet messages (RFC 8654).</summary>
    public bool ExtendedMessage { get; init; } = true;

    public bool RouteRefresh { get; init; } = true;

    public bool FourOctetAs { get; init; } = true;

    /// <summary>Times that our own AS may be in a path.</summary>
    public int AllowOwnAs { get; init; }

    /// <summary>External paths must start with the neighbour's AS (RFC 4271 §6.3); off for route servers.</summary>
    public bool EnforceFirstAs { get; init; } = true;

    internal SessionOptions Session(uint localAs, uint routerId, bool restarting)
    {
        var families = Families.Select(row => row.Family).ToImmutableArray();
        var addPath = Families
            .Where(row => row.AddPath != 0)
            .ToImmutableDictionary(row => row.Family, row => row.AddPath);
        var restart =
            GracefulRestart > TimeSpan.Zero
                ? new GracefulRestart(
                    restarting,
                    true,
                    (ushort)Math.Min(GracefulRestart.TotalSeconds, 4095),
                    families.Select(family => new GracefulRestartFamily(family, true)).ToImmutableArray()
                )
                : null;
        var longLived = Families
            .Where(row => row.LongLived > TimeSpan.Zero)
            .Select(row => new GracefulRestartFamily(row.Family, true, (uint)row.LongLived.TotalSeconds))
            .ToImmutableArray();
        return new SessionOptions
        {
            LocalAs = LocalAs == 0 ? localAs : LocalAs,
            PeerAs = As,
            RouterId = routerId,
            HoldSeconds = HoldSeconds,
            ConnectRetry = ConnectRetry,
            Capabilities = new Capabilities
            {
                Families = families,
                RouteRefresh = RouteRefresh,
                EnhancedRouteRefresh = RouteRefresh,
                ExtendedMessage = ExtendedMessage,
                FourOctetAs = FourOctetAs ? localAs : null,
                AddPath = addPath,
                GracefulRestart = restart,
                LongLived = restart is null || longLived.IsEmpty ? default : longLived,
            },
        };
    }
}
