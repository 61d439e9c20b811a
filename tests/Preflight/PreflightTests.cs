using Tombolo.Linux.Preflight;

namespace Tombolo.Tests.Preflight;

/// <summary>What the texts of a machine are taken to mean.</summary>
public sealed class PreflightTests
{
    private const string Head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";

    [Fact]
    public void Sockets_are_read_with_port_and_inode()
    {
        string[] lines =
        [
            Head,
            "  100: 00000000:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 0 2 0000000000000000 0",
            "  101: 0100007F:19EB 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0",
            "  102: 00000000000000000000000001000000:12B5 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000  0  0 12 2 0 0",
            "torn",
        ];
        Assert.Equal([(4789, 0ul), (6635, 4711ul), (4789, 12ul)], TunnelPorts.Read(lines));
    }

    [Theory]
    [InlineData("udp dport 4789 drop", true)]
    [InlineData("-A FORWARD -p udp -m udp --dport 6635 -j REJECT --reject-with icmp-port-unreachable", true)]
    [InlineData("udp dport 4789 accept", false)]
    [InlineData("udp dport 14789 drop", false)]
    [InlineData("tcp dport 22 drop", false)]
    [InlineData("", false)]
    public void A_rule_that_may_drop_tunnels_is_shown(string rule, bool shown)
    {
        var found = FirewallRules.Of($"table inet x {{\n\t{rule}\n}}\n");
        Assert.Equal(shown ? Level.Warn : Level.Ok, found.Level);
        Assert.Equal(shown, found.Found.Contains(rule, StringComparison.Ordinal) && rule.Length > 0);
        Assert.Equal(shown, found.WayOut is not null);
    }

    [Theory]
    [InlineData("Max open files            1024                 4096                 files", Level.Warn)]
    [InlineData("Max open files            1024                 1048576              files", Level.Ok)]
    [InlineData("Max open files            unlimited            unlimited            files", Level.Ok)]
    public void The_hard_limit_of_open_files_counts(string line, Level level) =>
        Assert.Equal(level, Limits.OpenFilesOf(["Limit  Soft Limit  Hard Limit  Units", line]).Level);

    [Theory]
    [InlineData("100", Level.Warn)]
    [InlineData("31000", Level.Ok)]
    [InlineData("", Level.Ok)]
    public void A_namespace_a_pod_must_fit(string most, Level level) =>
        Assert.Equal(level, Limits.NamespacesOf(most).Level);

    [Fact]
    public void The_second_version_of_cgroups_is_found_where_it_is_mounted()
    {
        string[] first = ["cgroup /sys/fs/cgroup/cpu cgroup rw 0 0"];
        Assert.Equal(Level.Warn, Limits.Cgroup(first).Level);
        Assert.Equal(
            new Finding("cgroup v2", Level.Ok, "/sys/fs/cgroup/unified"),
            Limits.Cgroup([.. first, "none /sys/fs/cgroup/unified cgroup2 rw 0 0"])
        );
    }
}
