using System.Text.Json.Nodes;
using Tombolo.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>Plugins are called as libcni calls them.</summary>
public sealed class CniRuntimeTests : IDisposable
{
    private static readonly CniAttachment Attachment = new("id-1", "/run/netns/x", "ns", "pod", "uid-1");

    private readonly string folder = Directory.CreateTempSubdirectory("tombolo-cni-").FullName;
    private readonly FakePlugin first;
    private readonly FakePlugin second;
    private readonly CniRuntime runtime;

    public CniRuntimeTests()
    {
        first = new FakePlugin(folder, "first");
        second = new FakePlugin(folder, "second");
        runtime = new CniRuntime([Path.Combine(folder, "none"), first.Binaries]);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_chain_is_fed_the_result_before_it_and_taken_away_backwards()
    {
        var config = NetworkConfig.Parse(
            """{"cniVersion":"1.0.0","cniVersions":["0.4.0","1.1.0","9.0.0"],"name":"net","plugins":[{"type":"first","own":{"k":[1]}},{"type":"second"}]}"""
        );
        const string given = """{"ips":[{"address":"10.1.0.1/24"},{"address":"fd10::1/64"}]}""";
        first.Answer(given);
        second.Answer(given);
        var result = await runtime.AddAsync(config, Attachment, TestCluster.Cancel);
        Assert.Equal(["10.1.0.1", "fd10::1"], CniResult.PodAddresses(result));
        var call = first.Calls().Single();
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["CNI_COMMAND"] = "ADD",
                ["CNI_CONTAINERID"] = "id-1",
                ["CNI_NETNS"] = "/run/netns/x",
                ["CNI_IFNAME"] = "eth0",
                ["CNI_ARGS"] =
                    "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns;K8S_POD_NAME=pod;K8S_POD_INFRA_CONTAINER_ID=id-1;K8S_POD_UID=uid-1",
                ["CNI_PATH"] = $"{Path.Combine(folder, "none")}:{first.Binaries}",
            },
            call.Environment
        );
        AssertJson("""{"type":"first","own":{"k":[1]},"name":"net","cniVersion":"1.1.0"}""", call.Input);
        var fed = JsonNode.Parse(second.Calls().Single().Input)!;
        Assert.Equal("10.1.0.1/24", fed["prevResult"]!["ips"]![0]!["address"]!.ToString());

        first.Refuse("DEL", """{"code":999,"msg":"busy"}""");
        var refused = await Assert.ThrowsAsync<CniException>(() =>
            runtime.DeleteAsync(config, Attachment, result, TestCluster.Cancel)
        );
        Assert.Contains("failed (del): code 999: busy", refused.Message);
        Assert.Equal(["ADD", "DEL"], second.Commands()); // the second goes first
        Assert.NotNull(JsonNode.Parse(second.Calls()[1].Input)!["prevResult"]);
    }

    [Fact]
    public async Task A_plugin_that_breaks_the_protocol_is_quoted()
    {
        first.Say("ADD", "panic: no idea");
        var config = NetworkConfig.Parse("""{"cniVersion":"1.1.0","name":"net","plugins":[{"type":"first"}]}""");
        var refused = await Assert.ThrowsAsync<CniException>(() =>
            runtime.AddAsync(config, Attachment, TestCluster.Cancel)
        );
        Assert.Equal("plugin type=\"first\" name=\"net\" failed (add): exit code 3, panic: no idea", refused.Message);
    }

    [Theory]
    [InlineData("absent", "failed to find plugin \"absent\" in path")]
    [InlineData("../bin/first", "invalid plugin type")]
    public async Task A_plugin_is_looked_for_in_its_folders_only(string type, string why)
    {
        var config = NetworkConfig.Parse($$"""{"cniVersion":"1.1.0","name":"net","plugins":[{"type":"{{type}}"}]}""");
        var refused = await Assert.ThrowsAsync<CniException>(() =>
            runtime.AddAsync(config, Attachment, TestCluster.Cancel)
        );
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public void The_first_configuration_that_can_be_read_is_taken()
    {
        var directory = Path.Combine(folder, "net.d");
        Assert.Null(NetworkConfig.FirstIn(directory));
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "05-broken.conflist"), "{");
        File.WriteAllText(Path.Combine(directory, "06-readme.txt"), """{"name":"text","type":"x"}""");
        Assert.Null(NetworkConfig.FirstIn(directory));
        File.WriteAllText(
            Path.Combine(directory, "20-b.conflist"),
            """{"name":"b","cniVersion":"1.0.0","plugins":[{"type":"x"}]}"""
        );
        File.WriteAllText(Path.Combine(directory, "10-a.conf"), """{"name":"a","cniVersion":"1.0.0","type":"x"}""");
        Assert.Equal("a", NetworkConfig.Parse(NetworkConfig.FirstIn(directory)!).Name);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("nothing")]
    [InlineData("""{"plugins":[{"type":"x"}]}""")]
    [InlineData("""{"name":"n","plugins":[]}""")]
    [InlineData("""{"name":"n","plugins":[{}]}""")]
    [InlineData("""{"name":"n","plugins":{"type":"x"}}""")]
    [InlineData("""{"name":1,"type":2}""")]
    [InlineData("""{"name":"n","cniVersion":"7.0.0","type":"x"}""")]
    public void What_is_no_configuration_is_refused(string text) =>
        Assert.Throws<CniException>(() => NetworkConfig.Parse(text));

    [Theory]
    [InlineData(
        """{"ips":[{"address":"10.0.0.2/24"},{"address":"10.0.0.3/24"},{"address":"fd::2/64"}]}""",
        "10.0.0.2,fd::2"
    )]
    [InlineData(
        """{"interfaces":[{"name":"h"},{"name":"e","sandbox":"s"}],"ips":[{"address":"10.0.0.1/24","interface":0},{"address":"10.0.0.2/24","interface":1}]}""",
        "10.0.0.2"
    )]
    public void Addresses_are_the_first_of_each_family_in_the_sandbox(string result, string addresses) =>
        Assert.Equal(addresses, string.Join(',', CniResult.PodAddresses(JsonNode.Parse(result))));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ips":[{"address":"10.0.0.2"}]}""")]
    [InlineData("""{"ips":[{"address":"10.0.0.2/99"}]}""")]
    [InlineData("""{"ips":[{}]}""")]
    public void A_result_without_a_good_address_is_refused(string result) =>
        Assert.Throws<CniException>(() => CniResult.PodAddresses(JsonNode.Parse(result)));

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
