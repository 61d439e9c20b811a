using k8s.Models;
using Tombolo.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>What is made of a pod's words: commands, images, resolv.conf, the patch of its status.</summary>
public class PodTextTests
{
    private static readonly Dictionary<string, string> Images = new() { ["lab/echo"] = "/opt/echo" };
    private static readonly Dictionary<string, string> Environment_ = new() { ["A"] = "1" };

    [Theory]
    [InlineData("lab/echo", null, "x", "/opt/echo x")]
    [InlineData("docker.io/lab/echo:v1", null, null, "/opt/echo")]
    [InlineData("lab/echo@sha256:0", null, null, "/opt/echo")]
    [InlineData("lab/pause", null, null, "")]
    [InlineData("any", "/bin/x", "y", "/bin/x y")]
    [InlineData("lab/echo", "/bin/x", null, "/bin/x")]
    public void An_image_or_a_command_gives_a_program(string image, string? command, string? argument, string program)
    {
        var container = Container(image, command, argument);
        Assert.Equal(program, string.Join(' ', ContainerCommand.Of(container, Images, Environment_, out var problem)));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("registry:5000/lab/echo")]
    [InlineData("")]
    public void Another_image_without_a_command_is_a_problem(string image)
    {
        Assert.Empty(ContainerCommand.Of(Container(image, null, "x"), Images, Environment_, out var problem));
        Assert.Contains("cannot be pulled", problem);
    }

    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("a$(A)b$(B)", "a1b$(B)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$A $( $(", "$A $( $(")]
    [InlineData("$", "$")]
    [InlineData("$$", "$")]
    public void Variables_are_expanded(string text, string expanded) =>
        Assert.Equal(expanded, ContainerCommand.Expand(text, Environment_));

    [Theory]
    [InlineData(
        "ClusterFirst",
        "nameserver 10.96.0.10\nsearch ns.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
    )]
    [InlineData("Default", null)]
    [InlineData("None", "")]
    public void Resolv_conf_follows_the_policy(string policy, string? text)
    {
        var pod = new V1Pod
        {
            Metadata = new() { NamespaceProperty = "ns" },
            Spec = new() { DnsPolicy = policy },
        };
        Assert.Equal(text, ResolvConf.Of(pod, ["10.96.0.10"], "cluster.local"));
    }

    [Fact]
    public void Own_dns_settings_are_added()
    {
        var pod = new V1Pod
        {
            Metadata = new() { NamespaceProperty = "ns" },
            Spec = new()
            {
                DnsPolicy = "None",
                DnsConfig = new()
                {
                    Nameservers = ["1.1.1.1"],
                    Searches = ["x"],
                    Options = [new() { Name = "ndots", Value = "2" }],
                },
            },
        };
        Assert.Equal("nameserver 1.1.1.1\nsearch x\noptions ndots:2\n", ResolvConf.Of(pod, [], "cluster.local"));
    }

    [Fact]
    public void A_status_patch_clears_what_is_no_more()
    {
        var status = new V1PodStatus { Phase = "Pending", Conditions = [new() { Type = "Ready", Status = "True" }] };
        Assert.Equal(
            """{"metadata":{"uid":"u"},"status":{"conditions":[{"status":"True","type":"Ready","reason":null,"message":null}],"phase":"Pending","podIP":null,"podIPs":[{"$patch":"replace"}],"hostIPs":[{"$patch":"replace"}]}}""",
            PodReport.PatchOf(status, "u")
        );
    }

    private static V1Container Container(string image, string? command, string? argument) =>
        new()
        {
            Name = "c",
            Image = image,
            Command = command is null ? null : [command],
            Args = argument is null ? null : [argument],
        };
}
