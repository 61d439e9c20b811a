using System.Text.Json.Nodes;
using Tombolo.Tools;
using Tombolo.Tools.Drops;
using Tombolo.Values;
using Tombolo.Values.Drops;

namespace Tombolo.Tests.Telling;

/// <summary>How <c>tombolo drops</c> reads.</summary>
public sealed class DropTests
{
    private static readonly SampledDrop Spoofed = new(
        new DateTimeOffset(new DateTime(2026, 7, 1, 12, 1, 3, 123, DateTimeKind.Local)),
        "from_pod",
        "red/red",
        "red/a",
        "tb0",
        "spoofed_address",
        "10.10.0.9",
        0,
        "10.10.0.2",
        0,
        "icmp",
        98
    );

    [Fact]
    public void A_dropped_packet_is_a_line()
    {
        Assert.Equal(
            "12:01:03.123 node-2 from_pod red/red spoofed_address 10.10.0.9:0 > 10.10.0.2:0 icmp pod red/a",
            DropLines.Line("node-2", Spoofed)
        );
        var six = Spoofed with { Network = "", Pod = null, Source = "fd10::9", SourcePort = 80, Destination = null };
        Assert.Equal(
            "12:01:03.123 node-2 from_pod - spoofed_address [fd10::9]:80 > - icmp tb0",
            DropLines.Line("node-2", six)
        );
    }

    [Fact]
    public void Every_reason_means_something_in_a_phrase() =>
        Assert.All(
            Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None),
            reason =>
            {
                var phrase = DropMeanings.Of(reason.Name());
                Assert.InRange(phrase.Length, 10, 120);
                Assert.DoesNotContain('\n', phrase);
            }
        );

    [Fact]
    public void A_table_has_the_most_first_and_says_what_it_means()
    {
        var lines = DropTable
            .Of([
                new NodeDrops("node-1", [new CountedDrop("red/red", "from_pod", "no_route", 3, 300)]),
                new NodeDrops("node-2", [new CountedDrop("", "from_underlay", "malformed", 44, 4000)]),
                new NodeDrops("node-3", Error: "no agent is connected"),
            ])
            .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^node-2 +- +from_underlay +malformed +44 +4000 +A header does not fit its packet", lines[1]);
        Assert.Matches(@"^node-1 +red/red +from_pod +no_route +3 +300 +No route ", lines[2]);
        Assert.StartsWith("no packet was dropped", DropTable.Of([new NodeDrops("node-1", [])]));
    }

    [Fact]
    public void Followed_nodes_that_are_silent_are_named_once_and_again_when_they_are_back()
    {
        var (output, trouble) = (new StringWriter(), new StringWriter());
        var lines = new DropLines(output, trouble, json: true);
        lines.Write(new NodeDrops("node-1", Sampled: []));
        lines.Write(new NodeDrops("node-2", Error: "the agent does not answer"));
        lines.Write(new NodeDrops("node-2", Sampled: [Spoofed, Spoofed]));
        lines.Write(new NodeDrops("node-2", Sampled: []));
        Assert.Equal(
            ["tombolo: node node-2: the agent does not answer", "tombolo: node node-2 is followed"],
            trouble.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
        );
        var said = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, said.Length);
        var json = JsonNode.Parse(said[0])!;
        Assert.Equal(("node-2", "spoofed_address"), ((string)json["node"]!, (string)json["reason"]!));
    }

    [Theory]
    [InlineData("red", null, "--vrf 'red' names no network")]
    [InlineData("red/", null, "--vrf 'red/' names no network")]
    [InlineData("a/b/c", null, "--vrf 'a/b/c' names no network")]
    [InlineData(null, "none", "--reason 'none' is no reason")]
    [InlineData(null, "noroute", "no_route")]
    public void A_filter_that_cannot_match_is_refused_with_the_way_out(string? network, string? reason, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<ToolException>(() => new DropFilter(network, reason).Check()).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_filter_leaves_other_reasons_out()
    {
        var filter = new DropFilter(null, "no_route");
        filter.Check();
        var kept = filter.Apply(
            new NodeDrops(
                "node-1",
                [new CountedDrop("", "", "no_route", 1, 1), new CountedDrop("", "", "malformed", 1, 1)],
                [Spoofed]
            )
        );
        Assert.Equal("no_route", Assert.Single(kept.Counted!).Reason);
        Assert.Empty(kept.Sampled!);
    }
}
