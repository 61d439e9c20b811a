namespace Tombolo.Tests.Interop;

/// <summary>A session as both sides are to be configured; ours is 10.9.N.1, theirs 10.9.N.2.</summary>
internal sealed record Session
{
    public int Link { get; init; } = 1;

    public uint OurAs { get; init; } = 65000;

    public uint TheirAs { get; init; } = 4_200_000_001;

    public string[] Families { get; init; } = ["ipv4-unicast"];

    public string? Password { get; init; }

    public bool Gtsm { get; init; }

    public bool AddPath { get; init; }

    public int RestartSeconds { get; init; }

    public int LongLivedSeconds { get; init; }

    /// <summary>We reflect to them; or they reflect to us.</summary>
    public bool TheyAreClient { get; init; }

    public bool WeAreClient { get; init; }

    public bool FourOctetAs { get; init; } = true;

    /// <summary>Shifts what they announce, so that two of them differ; equal numbers announce the same.</summary>
    public int Routes { get; init; } = 1;

    public string Ours => $"10.9.{Link}.1";

    public string Theirs => $"10.9.{Link}.2";

    public string Ours6 => $"fd09:{Link}::1";

    public string Theirs6 => $"fd09:{Link}::2";

    public bool IsInternal => OurAs == TheirAs;

    public string V4 => $"192.0.{Routes}.0/24";

    public string V6 => $"2001:db8:{Routes}::/48";

    /// <summary>Within RD 65001:N, route target 65001:N, label 100 + N.</summary>
    public string Vpn4 => $"10.{Routes}.0.0/24";

    public string Vpn6 => $"fd00:{Routes}::/64";

    public string EvpnPrefix => $"10.2{Routes}.0.0/24";

    public string Rd => $"65001:{Routes}";

    public int Label => 100 + Routes;
}
