using System.Diagnostics;
using System.Text.Json.Nodes;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary><c>tombolo drops</c>: what a pod sends that it may not shows up by name, while it happens and in the counters.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class DropsTests : IDisposable
{
    private const double Minutes = 180; // seconds; a busy machine

    // It speaks to the other pod as itself first, so that it knows its gateway's MAC and need not ask for it as another.
    private const string Spoof = """
        ip addr add 10.10.0.99/32 dev eth0
        curl -s --max-time 5 http://10.10.0.11:8080
        curl -s --max-time 1 --interface 10.10.0.99 http://10.10.0.11:8080
        ip addr del 10.10.0.99/32 dev eth0
        """;

    private readonly LabPlace place;
    private readonly Machine machine;

    public DropsTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        var checkout = new Checkout(Root.Path);
        Assert.SkipUnless(File.Exists(checkout.Tombolo), $"needs {checkout.Tombolo}: scripts/build");
        place = new LabPlace(checkout, $"d{Environment.ProcessId}");
        machine = new Machine(place);
    }

    [Fact]
    public async Task A_spoofed_packet_is_seen_by_name_and_a_silent_node_keeps_nobody_waiting()
    {
        Run(place.Checkout.Tombolo, 0, "lab", "up", "--name", place.Name);
        var node = Run("kubectl", 0, "get", "pod", "-n", "red", "a", "-o", "jsonpath={.spec.nodeName}");
        var other = ((string[])["node-1", "node-2", "node-3"]).First(one => one != node);
        var stopped = AgentOf(other);

        using (var follow = Follow("--reason", "spoofed_address"))
        {
            Machine.Run("kill", "-STOP", stopped);
            try
            {
                // Its first lines come when it listens: until then we spoof again and again.
                await Wait.UntilAsync(
                    () =>
                    {
                        Run("kubectl", 0, "exec", "-n", "red", "a", "--", "sh", "-c", Spoof);
                        return follow.Said.Contains("spoofed_address", StringComparison.Ordinal);
                    },
                    "the spoofed packet is seen",
                    Minutes
                );
                Assert.Matches(
                    $@"(?m)^\d\d:\d\d:\d\d\.\d{{3}} {node} from_pod red/island spoofed_address 10\.10\.0\.99:\d+ > 10\.10\.0\.11:8080 tcp pod red/a\r?$",
                    follow.Said
                );
                // What a stopped agent was asked before it was stopped it has answered: a second one asks anew.
                var counted = Tombolo("drops", "--vrf", "red/island", "-o", "json");
                Assert.Equal(1, counted.Code);
                Assert.Contains($"tombolo: node {other}: the agent does not answer", counted.Output);
            }
            finally
            {
                Machine.Run("kill", "-CONT", stopped);
            }
            Assert.Equal(0, follow.Interrupt());
        }

        await Wait.UntilAsync(() => Tombolo("drops").Code == 0, "all nodes answer", Minutes);
        var json = JsonNode
            .Parse(Run(place.Checkout.Tombolo, 0, "drops", "--node", node, "--vrf", "red/island", "-o", "json"))!
            .AsArray();
        var drop = json.Single()!["counted"]!.AsArray().Single(one => (string)one!["reason"]! == "spoofed_address")!;
        Assert.Equal(("red/island", "from_pod"), ((string)drop["network"]!, (string)drop["direction"]!));
        Assert.True((ulong)drop["packets"]! > 0);
        Assert.Matches(
            $@"(?m)^{node} +red/island +from_pod +spoofed_address +\d+ +\d+ +The source address is neither",
            Run(place.Checkout.Tombolo, 0, "drops")
        );
        Assert.Contains("no node nowhere is known", Run(place.Checkout.Tombolo, 2, "drops", "--node", "nowhere"));
    }

    private string AgentOf(string node) =>
        machine
            .Processes()
            .Single(line =>
                line.Contains("tombolo-agent", StringComparison.Ordinal)
                && line.Contains($"--node {node} ", StringComparison.Ordinal)
            )
            .Split(' ')[0]["/proc/".Length..];

    private Following Follow(params string[] arguments) =>
        new(place.Checkout.Tombolo, Variables(), ["drops", "-f", .. arguments]);

    private (int Code, string Output) Tombolo(params string[] arguments) =>
        Machine.RunWith(Variables(), place.Checkout.Tombolo, arguments);

    private string Run(string program, int code, params string[] arguments)
    {
        var ran = Machine.RunWith(Variables(), program, arguments);
        Assert.True(ran.Code == code, $"{program} {string.Join(' ', arguments)}: code {ran.Code}\n{ran.Output}");
        return ran.Output;
    }

    private Dictionary<string, string> Variables() =>
        new() { ["KUBECONFIG"] = place.Kubeconfig, ["TOMBOLO_ROOT"] = Root.Path };

    public void Dispose() => Machine.RunWith(Variables(), place.Checkout.Tombolo, "lab", "down", "--name", place.Name);

    /// <summary>A program that runs until it is interrupted, and what it said so far.</summary>
    private sealed class Following : IDisposable
    {
        private readonly Process process;
        private readonly System.Text.StringBuilder said = new();

        public Following(string program, Dictionary<string, string> environment, string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
            process = Process.Start(start)!; // a program by path gives a process or throws
            process.OutputDataReceived += (_, line) =>
            {
                lock (said)
                {
                    said.AppendLine(line.Data);
                }
            };
            process.BeginOutputReadLine();
        }

        public string Said
        {
            get
            {
                lock (said)
                {
                    return said.ToString();
                }
            }
        }

        /// <summary>As ctrl-C does it.</summary>
        public int Interrupt()
        {
            Machine.Run("kill", "-INT", $"{process.Id}");
            process.WaitForExit();
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
            process.Dispose();
        }
    }
}
