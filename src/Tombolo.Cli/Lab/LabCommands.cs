using System.CommandLine;
using Tombolo.Lab;
using Tombolo.Lab.Api;
using Tombolo.Lab.Reach;

namespace Tombolo.Cli.Lab;

/// <summary><c>tombolo lab</c>: exit code 0 done, 1 not as wanted or failed, 2 cannot be done like this.</summary>
public static class LabCommands
{
    private static readonly Option<string> Name = new("--name")
    {
        Description = "name of the lab; several run side by side",
        DefaultValueFactory = _ => "default",
    };

    public static Command Create() =>
        new("lab", "A cluster of network namespaces on this machine, compatible with Kubernetes.")
        {
            Up(),
            Down(),
            Reach(),
        };

    private static Command Up()
    {
        var nodes = new Option<int?>("--nodes") { Description = "how many nodes, 1 to 250; 3 if not said" };
        var zones = new Option<string?>("--zones") { Description = "zones given to the nodes in turn, e.g. a,b,c" };
        var empty = new Option<bool>("--empty") { Description = "all of Tombolo, but not the example" };
        var product = new Option<bool>("--without-product")
        {
            Description = "the cluster alone: no agents",
            Hidden = true,
        };
        var up = new Command("up", "Starts a lab, or heals it; returns when it is ready and reach is as wanted.")
        {
            nodes,
            zones,
            empty,
            product,
            Name,
        };
        up.SetAction(
            (parsed, cancel) =>
                RunAsync(async () =>
                {
                    var bare = parsed.GetValue(product);
                    var options = new LabUpOptions(
                        parsed.GetValue(nodes),
                        parsed.GetValue(zones)?.Split(',', StringSplitOptions.RemoveEmptyEntries),
                        parsed.GetValue(empty) || bare,
                        !bare
                    );
                    var place = Place(parsed);
                    return await new LabUp(place, options, new Progress(Console.Out), Console.Out).RunAsync(cancel);
                })
        );
        return up;
    }

    private static Command Down()
    {
        var all = new Option<bool>("--all") { Description = "every lab of this checkout" };
        var down = new Command("down", "Removes a lab and all that it made; nothing else.") { Name, all };
        down.SetAction(
            (parsed, cancel) =>
                RunAsync(async () =>
                {
                    var progress = new Progress(Console.Out);
                    var places = parsed.GetValue(all) ? LabPlace.All(Checkout.Find()) : [Place(parsed)];
                    if (places.Count == 0)
                    {
                        progress.Say("no lab of this checkout: nothing to remove");
                    }
                    foreach (var place in places)
                    {
                        await new LabDown(place, progress).RunAsync(cancel);
                    }
                    return true;
                })
        );
        return down;
    }

    private static Command Reach()
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "table or json",
            DefaultValueFactory = _ => "table",
        };
        output.AcceptOnlyFromAmong("table", "json");
        var reach = new Command(
            "reach",
            "Measures who reaches whom among the pods of lab/echo: TCP and UDP, every address."
        )
        {
            output,
            Name,
        };
        reach.SetAction(
            (parsed, cancel) =>
                RunAsync(async () =>
                {
                    var place = Place(parsed);
                    if (!File.Exists(place.Kubeconfig))
                    {
                        throw new LabException($"no lab '{place.Name}' here: ./tombolo lab up");
                    }
                    using var api = LabApi.Open(place.Kubeconfig);
                    var report = await Reachability.MeasureAsync(place, api, cancel);
                    Console.Out.WriteLine(
                        parsed.GetValue(output) == "json" ? report.ToJson() : ReachTable.ByPod(report)
                    );
                    return true;
                })
        );
        return reach;
    }

    private static LabPlace Place(ParseResult parsed) => new(Checkout.Find(), parsed.GetValue(Name)!); // has a default

    private static async Task<int> RunAsync(Func<Task<bool>> command)
    {
        try
        {
            return await command() ? 0 : 1;
        }
        catch (LabException refused)
        {
            await Console.Error.WriteLineAsync($"tombolo: {refused.Message}");
            return 2;
        }
        catch (Exception failed)
            when (failed is ApiException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"tombolo: {failed.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("tombolo: stopped");
            return 1;
        }
    }
}
