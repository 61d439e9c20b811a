using Tombolo.Lab;
using Tombolo.Lab.Supervision;

namespace Tombolo.Tests.Lab;

public sealed class LabSpecTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tombolo-test-").FullName;

    private LabPlace Place => new(new Checkout(root), "t");

    [Fact]
    public void Zones_go_around_the_nodes()
    {
        var nodes = new LabSpec(4, ["a", "b", "c"]).All.ToList();
        Assert.Equal(["node-1", "node-2", "node-3", "node-4"], nodes.Select(node => node.Name));
        Assert.Equal(["a", "b", "c", "a"], nodes.Select(node => node.Zone));
        Assert.Equal("172.30.4.2", nodes[3].Address);
        Assert.All(new LabSpec(2, []).All, node => Assert.Null(node.Zone));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var spec = new LabSpec(2, ["a"], 1234, 5678, Product: false);
        Assert.Null(LabSpec.Read(Place));
        spec.Write(Place);
        var read = LabSpec.Read(Place)!;
        Assert.Equal(spec with { Zones = read.Zones }, read);
        Assert.Equal(spec.Zones, read.Zones);
    }

    [Fact]
    public void A_damaged_one_says_what_to_do()
    {
        Directory.CreateDirectory(Place.State);
        File.WriteAllText(Place.Spec, "{\"nodes\":");
        Assert.Contains("lab down --name t", Assert.Throws<LabException>(() => LabSpec.Read(Place)).Message);
    }

    [Fact]
    public void The_configuration_list_names_plugin_and_socket() =>
        Assert.Equal(
            """{"cniVersion":"1.1.0","name":"tombolo","plugins":[{"type":"tombolo-cni","socket":"/run/x/agent.sock"}]}"""
                + "\n",
            ConfList.Of("/run/x/agent.sock")
        );

    [Fact]
    public void Roles_of_a_lab_each_have_their_namespace()
    {
        using var api = new BoundSocket(0);
        using var door = new BoundSocket(0);
        var roles = Roles.Of(Place, new LabSpec(2, []), api, door);
        Assert.Equal(
            ["cluster", "kubelet-1", "kubelet-2", "controller", "routeserver", "agent-1", "agent-2"],
            roles.Select(role => role.Name)
        );
        Assert.Equal(
            [Place.Control],
            roles.Where(role => role.Sockets is not null).Select(role => role.Netns).Distinct()
        );
        Assert.All(
            roles.Where(role => role.Name.EndsWith("-2")),
            role => Assert.Equal(Place.NodeNetns("node-2"), role.Netns)
        );
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
