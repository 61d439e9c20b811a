using System.Globalization;
using System.Text.Json;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>One slice of load from an arm's client on CPU 0 to its server on CPU 1.</summary>
internal sealed class Load(Home home, bool quick)
{
    private const int Echo = 7000;
    private const int Iperf = 7001;
    private const int Sockperf = 7002;

    private readonly string rrtool = RrTool.Build(home);

    /// <summary>Starts what answers, and waits until it does.</summary>
    public Arm Serve(Arm arm)
    {
        if (arm.Servers.Count > 0)
        {
            return arm;
        }
        arm.Servers.Add(home.Serve(arm.Server, "1", rrtool, "serve", $"{Echo}"));
        arm.Servers.Add(home.Serve(arm.Server, "1", "iperf3", "-s", "-p", $"{Iperf}"));
        arm.Servers.Add(home.Serve(arm.Server, "1", "sockperf", "server", "--tcp", "-p", $"{Sockperf}"));
        // In a namespace of its own only what we started can listen.
        for (var patience = 100; patience > 0; patience--)
        {
            var listening = Home.Exec(arm.Server, "ss", "-Hltn");
            if (new[] { Echo, Iperf, Sockperf }.All(port => listening.Contains($":{port} ", StringComparison.Ordinal)))
            {
                return arm;
            }
            Task.Delay(50).Wait();
        }
        throw new InvalidOperationException($"no server listens in {arm.Server}");
    }

    public Sample Stream(Arm arm, int streams)
    {
        string[] size = quick ? ["-n", "400M"] : ["-t", "1"];
        return Slice(
            arm,
            ["iperf3", "-J", "-c", arm.Address, "-p", $"{Iperf}", "-P", $"{streams}", .. size],
            output =>
            {
                using var report = JsonDocument.Parse(output);
                var received = report.RootElement.GetProperty("end").GetProperty("sum_received");
                return (received.GetProperty("bytes").GetDouble(), received.GetProperty("seconds").GetDouble(), 0, 0);
            }
        );
    }

    /// <param name="mode">rr, crr or udp_rr.</param>
    public Sample RoundTrips(Arm arm, string mode) =>
        Slice(
            arm,
            [rrtool, mode, arm.Address, $"{Echo}", quick ? "200" : "500"],
            output =>
            {
                var words = output
                    .Split(' ')
                    .Select(word => double.Parse(word, CultureInfo.InvariantCulture))
                    .ToArray();
                return (words[0], words[3] / 1e9, words[1], words[2]);
            }
        );

    /// <summary>The same by a tool that is not ours.</summary>
    public Sample PingPong(Arm arm) =>
        Slice(
            arm,
            ["sockperf", "ping-pong", "--tcp", "-i", arm.Address, "-p", $"{Sockperf}", "-t", "1", "-m", "14"],
            output =>
            {
                double Percentile(string name) =>
                    double.Parse(
                        output.Split($"percentile {name} =")[1].Split('\n')[0].Trim(),
                        CultureInfo.InvariantCulture
                    );
                var run = output.Split("[Valid Duration] RunTime=")[1];
                return (
                    double.Parse(run.Split("ReceivedMessages=")[1].Split('\n')[0], CultureInfo.InvariantCulture),
                    double.Parse(run.Split(' ')[0], CultureInfo.InvariantCulture),
                    // It halves the round trip and says microseconds.
                    Percentile("50.000") * 2000,
                    Percentile("99.000") * 2000
                );
            }
        );

    private Sample Slice(
        Arm arm,
        string[] command,
        Func<string, (double Work, double Wall, double P50, double P99)> read
    )
    {
        var meter = new Meter(arm.Servers.Select(server => server.Id));
        var (output, error, code) = Shell.Capture([rrtool, "run", "0", "nsenter", $"--net={arm.Client}", .. command]);
        if (code != 0)
        {
            throw new InvalidOperationException($"{command[0]}: exit {code}: {error} {output}");
        }
        var clients = double.Parse(error.Split("\ncpu ")[1], CultureInfo.InvariantCulture) / 1e9;
        var (work, wall, p50, p99) = read(output);
        return meter.Stop("", "", work, clients, wall, p50, p99);
    }
}
