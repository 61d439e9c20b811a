using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tombolo.Bgp.Speaking;

namespace Tombolo.Cli.Bgp;

/// <summary><c>tombolo bgp …</c>: the library as a stand-alone speaker and reflector, and its operators' questions.</summary>
public static class BgpCommands
{
    private static readonly Option<string> Socket = new("--socket")
    {
        Description = "the speaker's control socket",
        DefaultValueFactory = _ => "/run/tombolo-bgp.sock",
    };
    private static readonly Option<string?> Output = new("-o") { Description = "json for JSON" };
    private static readonly Option<string> Family = new("--family", "-f")
    {
        Description = "address family",
        DefaultValueFactory = _ => "ipv4-unicast",
    };
    private static readonly Option<int?> Limit = new("--limit") { Description = "at most so many routes" };
    private static readonly Argument<string> Neighbor = new("NEIGHBOR") { Description = "name or address" };

    public static Command Create()
    {
        var bgp = new Command("bgp", "a BGP speaker and reflector of its own, and questions to it");
        bgp.Add(Speak());
        bgp.Add(Ask("peers", "neighbours and their sessions", [], _ => new ControlQuestion("peers")));
        bgp.Add(Ask("tables", "what the tables hold and weigh", [], _ => new ControlQuestion("tables")));
        var within = new Argument<string?>("PREFIX")
        {
            Description = "only routes inside it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var best = new Option<bool>("--best") { Description = "only chosen routes" };
        bgp.Add(
            Ask(
                "routes",
                "routes, chosen first",
                [within, Family, Limit, best],
                result => new ControlQuestion("routes")
                {
                    Family = result.GetValue(Family),
                    Prefix = result.GetValue(within),
                    Limit = result.GetValue(Limit),
                    Best = result.GetValue(best),
                }
            )
        );
        bgp.Add(OfNeighbor("received", "what a neighbour sent, before policy"));
        bgp.Add(OfNeighbor("advertised", "what a neighbour was sent"));
        bgp.Add(OfNeighbor("refresh", "ask a neighbour for its routes again"));
        bgp.Add(OfNeighbor("reset", "end a session; it comes back by itself"));
        var prefix = new Argument<string>("PREFIX") { Description = "a prefix, or a route as 'routes' prints it" };
        bgp.Add(
            Ask(
                "explain",
                "why a route is the best, and why a neighbour is not sent it",
                [prefix],
                result => new ControlQuestion("explain") { Prefix = result.GetValue(prefix) }
            )
        );
        bgp.Add(OfRoute("announce", "announce a route of our own"));
        bgp.Add(OfRoute("withdraw", "take it back"));
        return bgp;
    }

    private static Command Speak()
    {
        var file = new Option<FileInfo>("--file", "-f")
        {
            Description = "configuration (docs/bgp.md)",
            Required = true,
        };
        var check = new Option<bool>("--check") { Description = "read the configuration and stop" };
        var speak = new Command("speak", "run a speaker until interrupted") { file, check };
        speak.SetAction(
            async (result, cancel) =>
            {
                SpeakPlan plan;
                try
                {
                    plan = SpeakPlan.Read(await File.ReadAllTextAsync(result.GetRequiredValue(file).FullName, cancel));
                }
                catch (Exception wrong) when (wrong is FormatException or IOException)
                {
                    await Console.Error.WriteLineAsync(
                        $"tombolo bgp speak: {result.GetRequiredValue(file)}: {wrong.Message}"
                    );
                    return 2;
                }
                return result.GetValue(check) ? 0 : await SpeakAsync(plan, cancel);
            }
        );
        return speak;
    }

    private static async Task<int> SpeakAsync(SpeakPlan plan, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var term = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        );
        var speaker = new Speaker(
            plan.Speaker,
            TimeProvider.System,
            happened =>
                Console.WriteLine(
                    $"{DateTime.UtcNow:HH:mm:ss.fff} {happened.Kind} {happened.Neighbor} {happened.Detail}"
                )
        );
        var setUp = plan
            .Routes.Select(route => speaker.AnnounceAsync(route.Family, route.Nlri, route.Attributes))
            .Concat(plan.Neighbors.Select(speaker.AddNeighborAsync))
            .ToArray();
        var running = speaker.RunAsync(stop.Token);
        await Task.WhenAll(setUp);
        var serving = ControlSocket.ServeAsync(plan.Socket, speaker, stop.Token);
        await Task.WhenAny(running, serving);
        await stop.CancelAsync();
        await Task.WhenAll(running, serving);
        return 0;
    }

    private static Command OfNeighbor(string name, string description) =>
        Ask(
            name,
            description,
            [Neighbor, Family, Limit],
            result => new ControlQuestion(name)
            {
                Neighbor = result.GetValue(Neighbor),
                Family = result.GetValue(Family),
                Limit = result.GetValue(Limit),
            }
        );

    private static Command OfRoute(string name, string description)
    {
        var route = new Argument<string>("ROUTE") { Description = "as 'routes' prints it" };
        var nextHop = new Option<string?>("--next-hop") { Description = "absent for our own address" };
        var label = new Option<uint>("--label") { Description = "label, or VNI of EVPN" };
        var community = new Option<string[]>("--community")
        {
            Description = "65000:1, 65000:1:2, rt:65000:1, no-export …",
        };
        var med = new Option<uint?>("--med");
        return Ask(
            name,
            description,
            [route, Family, nextHop, label, community, med],
            result => new ControlQuestion(name)
            {
                Route = new RouteConfig
                {
                    Family = result.GetValue(Family)!,
                    Route = result.GetValue(route)!,
                    NextHop = result.GetValue(nextHop),
                    Label = result.GetValue(label),
                    Communities = [.. result.GetValue(community) ?? []],
                    Med = result.GetValue(med),
                },
            }
        );
    }

    private static Command Ask(
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<ParseResult, ControlQuestion> question
    )
    {
        var command = new Command(name, description) { Socket, Output };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }
        command.SetAction(
            async (result, cancel) =>
            {
                var path = result.GetValue(Socket)!;
                try
                {
                    var answer = await ControlSocket.AskAsync(path, question(result), cancel);
                    Console.WriteLine(
                        result.GetValue(Output) == "json" ? answer.GetRawText() : BgpText.Render(name, answer)
                    );
                    return 0;
                }
                catch (SocketException gone)
                {
                    await Console.Error.WriteLineAsync($"tombolo bgp {name}: no speaker at {path}: {gone.Message}");
                    return 1;
                }
                catch (Exception wrong) when (wrong is InvalidOperationException or FormatException or JsonException)
                {
                    await Console.Error.WriteLineAsync($"tombolo bgp {name}: {wrong.Message}");
                    return 1;
                }
            }
        );
        return command;
    }
}
