namespace Tombolo.Cli.Bgp;

/// <summary>A route of our own.</summary>
internal sealed class RouteConfig
{
    public string Family { get; set; } = "ipv4-unicast";

    /// <summary>As tools print it: <c>10.0.0.0/8</c>, <c>65000:1:10.0.0.0/8</c>, <c>65000:1:[5]:[0]:10.0.0.0/8</c>.</summary>
    public string Route { get; set; } = "";

    /// <summary>Absent for our address towards each neighbour.</summary>
    public string? NextHop { get; set; }

    /// <summary>Label of VPN families, VNI of EVPN.</summary>
    public uint Label { get; set; }

    public string? Gateway { get; set; }

    public uint? Med { get; set; }

    public uint? LocalPref { get; set; }

    public string Origin { get; set; } = "igp";

    public List<uint> Path { get; set; } = [];

    public List<string> Communities { get; set; } = [];
}
