using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Tombolo.Tests.SystemTests;

/// <summary><c>tombolo drops</c>: what a pod sends that it may not shows up by name, while it happens and in the counters.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class DropsTests : IDisposable
{
    // It speaks to the other pod as itself first, so that it knows its gateway's MAC and need not ask for it as another.
    private const string Spoof = """
        ip addr add 10.10.0.99/32 dev eth0
        curl -s --max-time 5 http://10.10.0.11:8080
        curl -s --max-time 1 --interface 10.10.0.99 http://10.10.0.11:8080
        ip addr del 10.10.0.99/32 dev eth0
        """;

    private readonly LabUnderTest lab = new("d");

    [Fact]
    public async Task A_spoofed_packet_is_seen_by_name_and_a_silent_node_keeps_nobody_waiting()
    {
        lab.Up();
        var node = lab.NodeOf("red", "a");
        var other = lab.Nodes.First(one => one != node);
        var stopped = $"{Assert.Single(lab.Pids($"agent --node {other} "))}";

        using (var follow = Follow("--reason", "spoofed_address"))
        {
            Machine.Run("kill", "-STOP", stopped);
            try
            {
                // What a stopped agent was asked before it was stopped it has answered: a second one asks anew,
                // and soon: a stream that answers no ping is ended after ten seconds.
                var counted = Machine.RunWith(
                    lab.Environment,
                    lab.Place.Checkout.Tombolo,
                    "drops",
                    "--vrf",
                    "red/island",
                    "-o",
                    "json"
                );
                Assert.Equal(1, counted.Code);
                Assert.Contains($"tombolo: node {other}: the agent does not answer", counted.Output);
                // Its first lines come when it listens: until then we spoof again and again.
                await Wait.UntilAsync(
                    () =>
                    {
                        lab.Kubectl("exec", "-n", "red", "a", "--", "sh", "-c", Spoof);
                        return follow.Said.Contains("spoofed_address", StringComparison.Ordinal);
                    },
                    "the spoofed packet is seen",
                    LabUnderTest.Minutes
                );
                Assert.Matches(
                    $@"(?m)^\d\d:\d\d:\d\d\.\d{{3}} {node} from_pod red/island spoofed_address 10\.10\.0\.99:\d+ > 10\.10\.0\.11:8080 tcp pod red/a\r?$",
                    follow.Said
                );
            }
            finally
            {
                Machine.Run("kill", "-CONT", stopped);
            }
            Assert.Equal(0, follow.Interrupt());
        }

        await Wait.UntilAsync(() => lab.TryTombolo("drops"), "all nodes answer", LabUnderTest.Minutes);
        var json = JsonNode
            .Parse(lab.Tombolo(0, "drops", "--node", node, "--vrf", "red/island", "-o", "json"))!
            .AsArray();
        var drop = json.Single()!["counted"]!.AsArray().Single(one => (string)one!["reason"]! == "spoofed_address")!;
        Assert.Equal(("red/island", "from_pod"), ((string)drop["network"]!, (string)drop["direction"]!));
        Assert.True((ulong)drop["packets"]! > 0);
        Assert.Matches(
            $@"(?m)^{node} +red/island +from_pod +spoofed_address +\d+ +\d+ +The source address is neither",
            lab.Tombolo(0, "drops")
        );
        Assert.Contains("no node nowhere is known", lab.Tombolo(2, "drops", "--node", "nowhere"));
    }

    private Following Follow(params string[] arguments) =>
        new(lab.Place.Checkout.Tombolo, lab.Environment, ["drops", "-f", .. arguments]);

    public void Dispose() => lab.Dispose();

    /// <summary>A program that runs until it is interrupted, and what it said so far.</summary>
    private sealed class Following : IDisposable
    {
        private readonly Process process;
        private readonly System.Text.StringBuilder said = new();

        public Following(string program, Dictionary<string, string> environment, string[] arguments)
        {
            // Who started the tests may have had ctrl-C ignored, as shells do for what they run in the background.
            string[] words = ["--default-signal=INT", program, .. arguments];
            var start = new ProcessStartInfo("env", words) { RedirectStandardOutput = true };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
            process = Process.Start(start)!; // a program by name gives a process or throws
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
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(LabUnderTest.Minutes)), "ctrl-C does not end it");
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
