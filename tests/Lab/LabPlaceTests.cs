using Tombolo.Lab;

namespace Tombolo.Tests.Lab;

public sealed class LabPlaceTests
{
    private static readonly Checkout Checkout = new("/work/tree");

    [Fact]
    public void An_instance_is_the_name_and_six_digits_of_the_checkouts_hash()
    {
        // printf %s /work/tree | sha256sum
        Assert.Equal("default-8c102a", new LabPlace(Checkout, "default").Instance);
        Assert.Equal(
            "/run/tombolo/default-8c102a/node-2/agent.sock",
            new LabPlace(Checkout, "default").AgentSocket("node-2")
        );
    }

    [Fact]
    public void Two_checkouts_give_two_instances_of_one_name()
    {
        var other = new LabPlace(new Checkout("/work/other"), "default");
        Assert.NotEqual(new LabPlace(Checkout, "default").Instance, other.Instance);
    }

    [Fact]
    public void A_slash_at_the_checkouts_end_changes_nothing() =>
        Assert.Equal(new LabPlace(Checkout, "x").Instance, new LabPlace(new Checkout("/work/tree/"), "x").Instance);

    [Fact]
    public void The_kubeconfig_is_where_scripts_look_for_it() =>
        Assert.Equal("/work/tree/.lab/default/kubeconfig", new LabPlace(Checkout, "default").Kubeconfig);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\n")]
    [InlineData("a-name-of-21-letters-")]
    [InlineData("abcdefghijklmnopqrstu")]
    public void A_name_that_is_no_label_is_refused(string name) =>
        Assert.Contains("no name for a lab", Assert.Throws<LabException>(() => new LabPlace(Checkout, name)).Message);

    [Fact]
    public void A_sockets_path_fits_its_107_octets()
    {
        var longest = new LabPlace(Checkout, new string('a', 20));
        Assert.InRange(longest.AgentSocket($"node-{LabSpec.MostNodes}").Length, 1, 107);
    }
}
