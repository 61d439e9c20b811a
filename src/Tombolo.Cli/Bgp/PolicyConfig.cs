namespace Tombolo.Cli.Bgp;

internal sealed class PolicyConfig
{
    public string Name { get; set; } = "";

    /// <summary>accept or reject, for what no rule decides.</summary>
    public string Default { get; set; } = "reject";

    public List<RuleConfig> Rules { get; set; } = [];
}

internal sealed class RuleConfig
{
    public string? Name { get; set; }

    public MatchConfig Match { get; set; } = new();

    public ChangeConfig? Set { get; set; }

    /// <summary>accept, reject or next.</summary>
    public string Action { get; set; } = "accept";
}

internal sealed class MatchConfig
{
    public List<string>? Prefixes { get; set; }

    public List<string> Families { get; set; } = [];

    public List<string> Communities { get; set; } = [];

    public List<string> LargeCommunities { get; set; } = [];

    public List<string> ExtendedCommunities { get; set; } = [];

    public List<uint> PathContains { get; set; } = [];

    public List<uint> NeighborAs { get; set; } = [];

    public List<uint> OriginAs { get; set; } = [];

    public int? PathLengthAtLeast { get; set; }

    public int? PathLengthAtMost { get; set; }

    public List<string> NextHops { get; set; } = [];

    public string? Origin { get; set; }
}

internal sealed class ChangeConfig
{
    public uint? LocalPref { get; set; }

    public uint? Med { get; set; }

    public string? Origin { get; set; }

    public string? NextHop { get; set; }

    /// <summary>Absent for our own AS.</summary>
    public uint PrependAs { get; set; }

    public int PrependTimes { get; set; }

    /// <summary>Communities of any kind: <c>65000:1</c>, <c>65000:1:2</c>, <c>rt:65000:1</c>, <c>no-export</c>.</summary>
    public List<string> Add { get; set; } = [];

    public List<string> Remove { get; set; } = [];
}
