using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Cni;
using Tombolo.Values.Cni;

namespace Tombolo.Tests.CniPlugin;

public sealed class PluginTests : IAsyncDisposable
{
    private static readonly CniResult Result = new(
        "1.1.0",
        [
            new CniInterface("tb0123456789ab", "02:00:00:00:00:01", null, 1450),
            new CniInterface("eth0", "02:00:00:00:00:02", "/run/netns/a", 1450),
        ],
        [new CniAddress("10.10.0.5/24", "10.10.0.1", 1), new CniAddress("fd10::5/64", "fe80::1", 1)],
        [new CniRoute("0.0.0.0/0", "10.10.0.1"), new CniRoute("::/0", "fe80::1")],
        new CniDns()
    );

    private readonly Dictionary<string, string> environment = new()
    {
        ["CNI_CONTAINERID"] = "c1",
        ["CNI_NETNS"] = "/run/netns/a",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_ARGS"] = "IgnoreUnknown=1;K8S_POD_NAMESPACE=red;K8S_POD_NAME=a;K8S_POD_UID=u1",
    };

    private readonly JsonObject configuration = new() { ["name"] = "tombolo", ["type"] = "tombolo-cni" };

    private FakeAgent agent = new(new CniAnswer(Result, null));

    public ValueTask DisposeAsync() => agent.DisposeAsync();

    public static TheoryData<string, string, int> Table()
    {
        var table = new TheoryData<string, string, int>();
        string[] versions = ["0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0", "1.2.0", ""];
        foreach (var version in versions)
        {
            foreach (var command in (string[])["ADD", "DEL", "CHECK", "GC", "STATUS"])
            {
                var since = Array.IndexOf(
                    versions,
                    command switch
                    {
                        "CHECK" => "0.4.0",
                        "GC" or "STATUS" => "1.1.0",
                        _ => "0.3.1",
                    }
                );
                var at = Array.IndexOf(versions, version);
                table.Add(version, command, at >= since && at <= Array.IndexOf(versions, "1.1.0") ? 0 : 1);
            }
        }
        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_version_has_its_commands_and_no_others(string version, string command, int code)
    {
        configuration["prevResult"] = new JsonObject();
        configuration["cni.dev/valid-attachments"] = new JsonArray();
        var (exit, said) = await RunAsync(command, version.Length == 0 ? null : version);
        Assert.Equal(code == 0 ? 0 : 1, exit);
        Assert.Equal(code, said?["code"]?.GetValue<int>() ?? 0);
        Assert.Equal(code == 0 ? 1 : 0, agent.Asked.Count);
        if (code != 0)
        {
            Assert.Equal(version.Length == 0 ? "1.1.0" : version, said!["cniVersion"]!.ToString());
            Assert.NotEmpty(said["details"]!.ToString());
        }
    }

    [Theory]
    [InlineData("0.3.1", "4,6", false)]
    [InlineData("0.4.0", "4,6", false)]
    [InlineData("1.0.0", ",", false)]
    [InlineData("1.1.0", ",", true)]
    public async Task A_result_has_its_versions_shape(string version, string families, bool tellsMtu)
    {
        var (exit, said) = await RunAsync("ADD", version);
        Assert.Equal(0, exit);
        Assert.Equal(version, said!["cniVersion"]!.ToString());
        var addresses = said["ips"]!.AsArray();
        Assert.Equal(families, string.Join(',', addresses.Select(one => one!["version"]?.ToString())));
        Assert.Equal("10.10.0.5/24", addresses[0]!["address"]!.ToString());
        Assert.Equal(1, addresses[0]!["interface"]!.GetValue<int>());
        Assert.All(said["interfaces"]!.AsArray(), one => Assert.Equal(tellsMtu, one!["mtu"] is not null));
        Assert.Null(said["interfaces"]![0]!["sandbox"]);
        Assert.Equal("/run/netns/a", said["interfaces"]![1]!["sandbox"]!.ToString());
        Assert.Equal("fe80::1", said["routes"]![1]!["gw"]!.ToString());
    }

    [Theory]
    [InlineData("""{"cniVersion":"0.4.0"}""", "0.4.0")]
    [InlineData("""{"cniVersion":"9.9.9"}""", "9.9.9")]
    [InlineData("{}", "1.1.0")]
    [InlineData("", "1.1.0")]
    public async Task VERSION_answers_in_the_callers(string input, string version)
    {
        var (exit, said) = await RunAsync("VERSION", input, time: null);
        Assert.Equal(0, exit);
        Assert.Equal(version, said!["cniVersion"]!.ToString());
        Assert.Equal(
            "0.3.1 0.4.0 1.0.0 1.1.0",
            string.Join(' ', said["supportedVersions"]!.AsArray().Select(one => one!.ToString()))
        );
    }

    [Fact]
    public async Task The_agent_is_told_who_asks_for_what()
    {
        await RunAsync("ADD", "1.0.0");
        Assert.Equal(
            new CniRequest("ADD", "1.0.0", "c1", "/run/netns/a", "eth0", "red", "a", "u1", "tombolo"),
            Assert.Single(agent.Asked)
        );
    }

    [Fact]
    public async Task GC_hands_on_what_is_to_stay()
    {
        configuration["cni.dev/valid-attachments"] = JsonNode.Parse("""[{"containerID":"c1","ifname":"eth0"}]""");
        environment.Clear();
        Assert.Equal((0, null), await RunAsync("GC"));
        var asked = Assert.Single(agent.Asked);
        Assert.Equal(new CniAttachmentKey("c1", "eth0"), Assert.Single(asked.Valid!));
        Assert.Equal("tombolo", asked.Network);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""[{"containerID":"c1"}]""")]
    [InlineData("[null]")]
    public async Task GC_without_a_whole_list_takes_nothing_away(string? list)
    {
        configuration["cni.dev/valid-attachments"] = list is null ? null : JsonNode.Parse(list);
        await RefusedAsync("GC", CniErrorCode.InvalidConfiguration, "cni.dev/valid-attachments");
        Assert.Empty(agent.Asked);
    }

    [Fact]
    public async Task CHECK_hands_on_what_ADD_gave()
    {
        foreach (var version in (string[])["0.4.0", "1.0.0", "1.1.0"])
        {
            var (_, result) = await RunAsync("ADD", version);
            configuration["prevResult"] = result!.DeepClone();
            Assert.Equal((0, null), await RunAsync("CHECK", version));
            var asked = agent.Asked[^1].PrevResult!;
            Assert.Equal(["10.10.0.5/24", "fd10::5/64"], asked.Ips!.Select(one => one.Address));
            Assert.Equal(Result.Interfaces!.Select(one => one.Mac), asked.Interfaces!.Select(one => one.Mac));
        }
    }

    [Theory]
    [InlineData(null, CniErrorCode.InvalidConfiguration)]
    [InlineData("7", CniErrorCode.InvalidConfiguration)]
    [InlineData("""{"ips":7}""", CniErrorCode.Decode)]
    public async Task CHECK_wants_what_ADD_gave(string? previous, int code)
    {
        configuration["prevResult"] = previous is null ? null : JsonNode.Parse(previous);
        await RefusedAsync("CHECK", code, "prevResult");
    }

    [Theory]
    [InlineData("CNI_CONTAINERID", null)]
    [InlineData("CNI_CONTAINERID", "")]
    [InlineData("CNI_CONTAINERID", "-c1")]
    [InlineData("CNI_CONTAINERID", "c/1")]
    [InlineData("CNI_NETNS", null)]
    [InlineData("CNI_IFNAME", null)]
    [InlineData("CNI_IFNAME", "sixteencharacter")]
    [InlineData("CNI_IFNAME", "e/0")]
    [InlineData("CNI_IFNAME", "e:0")]
    [InlineData("CNI_IFNAME", "e 0")]
    [InlineData("CNI_IFNAME", "eth0\n")]
    [InlineData("CNI_IFNAME", ".")]
    [InlineData("CNI_IFNAME", "..")]
    [InlineData("CNI_ARGS", "K8S_POD_UID")]
    [InlineData("CNI_ARGS", "=1")]
    [InlineData("CNI_ARGS", null)]
    [InlineData("CNI_ARGS", "K8S_POD_NAME=a")]
    public async Task ADD_names_the_variable_that_is_wrong(string name, string? value)
    {
        environment[name] = value!;
        await RefusedAsync("ADD", CniErrorCode.InvalidEnvironment, name);
        Assert.Empty(agent.Asked);
    }

    [Fact]
    public async Task DEL_needs_no_namespace_and_no_pod()
    {
        environment.Remove("CNI_NETNS");
        environment.Remove("CNI_ARGS");
        Assert.Equal((0, null), await RunAsync("DEL", "0.3.1"));
        Assert.Equal("", Assert.Single(agent.Asked).Netns);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a b")]
    public async Task A_network_has_a_name(string? name)
    {
        configuration["name"] = name;
        await RefusedAsync("ADD", CniErrorCode.InvalidConfiguration, "name");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"cniVersion":1}""")]
    [InlineData("""{"cniVersion":"1.1.0","socket":{}}""")]
    public async Task What_is_no_configuration_is_said_to_be_none(string input)
    {
        var (exit, said) = await RunAsync("ADD", input, time: null);
        Assert.Equal((1, CniErrorCode.Decode), (exit, said!["code"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_configuration_without_its_socket_is_told_the_way_out(string? socket)
    {
        configuration["socket"] = socket;
        var said = await RefusedAsync("ADD", CniErrorCode.InvalidConfiguration, "socket", keepSocket: true);
        Assert.Contains("/run/tombolo/agent.sock", said["details"]!.ToString());
    }

    [Fact]
    public async Task A_socket_that_can_be_none_is_the_configurations_fault()
    {
        configuration["socket"] = "/" + new string('a', 200);
        await RefusedAsync("ADD", CniErrorCode.InvalidConfiguration, "socket", keepSocket: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("UPDATE")]
    public async Task An_unknown_command_is_the_environments_fault(string? command) =>
        await RefusedAsync(command, CniErrorCode.InvalidEnvironment, "CNI_COMMAND");

    [Theory]
    [InlineData("ADD", CniErrorCode.TryAgainLater)]
    [InlineData("DEL", CniErrorCode.TryAgainLater)]
    [InlineData("STATUS", CniErrorCode.NotAvailable)]
    public async Task Without_an_agent(string command, int code)
    {
        configuration["socket"] = "/nonexistent/agent.sock";
        await RefusedAsync(command, code, "/nonexistent/agent.sock", keepSocket: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task An_agent_that_talks_nonsense_is_tried_again(string answer)
    {
        await agent.DisposeAsync();
        agent = new FakeAgent(_ => answer);
        await RefusedAsync("ADD", CniErrorCode.TryAgainLater, agent.Path);
    }

    [Fact]
    public async Task An_agent_that_never_answers_is_not_waited_for_for_ever()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var asked = new SemaphoreSlim(0);
        using var ends = new ManualResetEventSlim();
        await agent.DisposeAsync();
        agent = new FakeAgent(_ =>
        {
            asked.Release();
            ends.Wait(TestContext.Current.CancellationToken);
            return "";
        });
        var running = RunAsync("ADD", Input("1.1.0"), time);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(16));
        var (exit, said) = await running;
        ends.Set();
        Assert.Equal((1, CniErrorCode.TryAgainLater), (exit, said!["code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_the_agent_refuses_is_said_in_the_callers_version()
    {
        await agent.DisposeAsync();
        agent = new FakeAgent(new CniAnswer(null, new CniError("1.1.0", 11, "not ready", "no route server")));
        var (exit, said) = await RunAsync("ADD", "0.4.0");
        Assert.Equal(1, exit);
        Assert.Equal(
            """{"cniVersion":"0.4.0","code":11,"msg":"not ready","details":"no route server"}""",
            said!.ToJsonString()
        );
    }

    private async Task<JsonObject> RefusedAsync(string? command, int code, string names, bool keepSocket = false)
    {
        var (exit, said) = await RunAsync(command, keepSocket ? InputAsIs("1.1.0") : Input("1.1.0"), time: null);
        Assert.Equal(1, exit);
        Assert.Equal(code, said!["code"]!.GetValue<int>());
        Assert.Contains(names, said["msg"]!.ToString());
        return said;
    }

    private string Input(string? version)
    {
        configuration["socket"] = agent.Path;
        return InputAsIs(version);
    }

    private string InputAsIs(string? version)
    {
        configuration["cniVersion"] = version;
        return configuration.ToJsonString();
    }

    private Task<(int Exit, JsonObject? Said)> RunAsync(string command, string? version = "1.1.0") =>
        RunAsync(command, Input(version), time: null);

    private async Task<(int Exit, JsonObject? Said)> RunAsync(string? command, string input, TimeProvider? time)
    {
        using var output = new MemoryStream();
        var exit = await Plugin.RunAsync(
            name => name == "CNI_COMMAND" ? command : environment.GetValueOrDefault(name),
            new MemoryStream(Encoding.UTF8.GetBytes(input)),
            output,
            time ?? TimeProvider.System
        );
        var text = Encoding.UTF8.GetString(output.ToArray());
        return (exit, text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject());
    }
}
