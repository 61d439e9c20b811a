namespace Tombolo.Cli.Bgp;

internal sealed class NeighborConfig
{
    /// <summary>Absent for the address.</summary>
    public string? Name { get; set; }

    public string Address { get; set; } = "";

    public uint As { get; set; }

    public int Port { get; set; } = 179;

    public string? LocalAddress { get; set; }

    public uint LocalAs { get; set; }

    public bool Passive { get; set; }

    public string? Password { get; set; }

    public int TtlSecurityHops { get; set; }

    public int Ttl { get; set; }

    public ushort HoldSeconds { get; set; } = 90;

    public string? ConnectRetry { get; set; }

    public bool ReflectorClient { get; set; }

    public string? GracefulRestart { get; set; }

    public bool ExtendedMessage { get; set; } = true;

    public bool RouteRefresh { get; set; } = true;

    public bool FourOctetAs { get; set; } = true;

    public int AllowOwnAs { get; set; }

    public bool EnforceFirstAs { get; set; } = true;

    public List<FamilyConfig> Families { get; set; } = [];
}
