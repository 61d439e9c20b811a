namespace Tombolo.Cli.Bgp;

/// <summary>The file of <c>tombolo bgp speak</c>, as written; <see cref="SpeakPlan"/> judges it. docs/bgp.md shows one.</summary>
internal sealed class SpeakConfig
{
    public uint As { get; set; }

    public string RouterId { get; set; } = "";

    public string? ClusterId { get; set; }

    /// <summary>Addresses to listen on; absent for all.</summary>
    public List<string>? Listen { get; set; }

    public int Port { get; set; } = 179;

    public string Socket { get; set; } = "/run/tombolo-bgp.sock";

    public int MaxPaths { get; set; } = 1;

    public bool AlwaysCompareMed { get; set; }

    public bool Restarting { get; set; }

    public string? DeferralTime { get; set; }

    public List<NeighborConfig> Neighbors { get; set; } = [];

    public List<PolicyConfig> Policies { get; set; } = [];

    public List<RouteConfig> Routes { get; set; } = [];
}
