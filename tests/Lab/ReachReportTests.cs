using Tombolo.Lab.Reach;

namespace Tombolo.Tests.Lab;

public sealed class ReachReportTests
{
    private const string Address = "10.10.0.10";
    private static readonly ReachPod RedA = Pod("red", "a", "red/island", Address);
    private static readonly ReachPod RedB = Pod("red", "b", "red/island", "10.10.0.11");
    private static readonly ReachPod BlueA = Pod("blue", "a", "blue/island", Address);
    private static readonly ReachPod GreenA = Pod("green", "a", "tombolo-system/default", "10.0.0.1");

    private static ReachPod Pod(string ns, string name, string network, string address) =>
        new(ns, name, "node-1", network, [address], "/run/netns");

    private static ReachResult Row(ReachPod from, ReachPod to, ReachPod? answeredBy, bool? reached = null) =>
        new(from.Id, to.Id, to.Addresses[0], 8080, "tcp", reached ?? answeredBy is not null, answeredBy?.Id);

    private static ReachReport Report(params ReachResult[] rows) => new([RedA, RedB, BlueA, GreenA], rows);

    [Fact]
    public void Its_json_is_what_scripts_read() =>
        Assert.Equal(
            """{"pods":[{"namespace":"red","name":"a","node":"node-1","network":"red/island","addresses":["10.10.0.10"]}],"results":["""
                + """{"from":"red/a","to":"red/b","address":"10.10.0.11","port":8080,"protocol":"tcp","reached":true,"answeredBy":"red/b"},"""
                + """{"from":"red/a","to":"green/a","address":"10.0.0.1","port":8080,"protocol":"tcp","reached":false,"answeredBy":null}]}""",
            new ReachReport([RedA], [Row(RedA, RedB, RedB), Row(RedA, GreenA, null)]).ToJson()
        );

    [Fact]
    public void An_answer_from_the_askers_own_network_is_wanted() =>
        Assert.Empty(
            Report(Row(RedA, RedB, RedB), Row(RedB, BlueA, RedA), Row(RedA, BlueA, RedA), Row(RedA, GreenA, null))
                .Wrong()
        );

    [Fact]
    public void An_answer_from_another_network_is_wrong()
    {
        var leak = Row(RedB, BlueA, BlueA);
        Assert.Equal([leak], Report(leak).Wrong());
        var crossed = Row(RedA, GreenA, GreenA);
        Assert.Equal([crossed], Report(crossed).Wrong());
    }

    [Fact]
    public void An_answer_without_a_name_is_wrong()
    {
        var unknown = Row(RedA, GreenA, null, reached: true);
        Assert.Equal([unknown], Report(unknown).Wrong());
        var unnamed = Row(RedA, RedB, null, reached: true);
        Assert.Equal([unnamed], Report(unnamed).Wrong());
    }

    [Fact]
    public void Silence_within_a_network_is_wrong()
    {
        var silent = Row(RedA, RedB, null);
        Assert.Equal([silent], Report(silent).Wrong());
    }

    [Fact]
    public void The_table_tells_all_none_own_and_parts()
    {
        var table = ReachTable.ByNetwork(
            Report(
                Row(RedA, RedB, RedB),
                Row(RedB, RedA, null),
                Row(RedB, BlueA, RedA),
                Row(RedA, GreenA, null),
                Row(GreenA, RedA, RedA)
            )
        );
        Assert.Equal(
            """
            from \ to               blue/island  red/island  tombolo-system/default
            blue/island             -            -           -
            red/island              own          1/2         none
            tombolo-system/default  -            all         -
            """,
            string.Join('\n', table.Split('\n').Take(4).Select(line => line.TrimEnd()))
        );
    }
}
