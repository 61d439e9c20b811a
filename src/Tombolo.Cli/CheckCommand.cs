using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tombolo.Lab;
using Tombolo.Linux;
using Tombolo.Linux.Preflight;
using Tombolo.Tools;

namespace Tombolo.Cli;

/// <summary><c>tombolo check</c>.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var netns = new Option<string?>("--netns")
        {
            Description = "look from this network namespace, a file: a lab's node is /run/tombolo/INSTANCE/NODE/netns",
        };
        var underlay = new Option<string?>("--underlay")
        {
            Description = "device that tunnels leave by; default: the default route's",
        };
        var programs = new Option<string?>("--object")
        {
            Description = "the compiled BPF programs; default: this checkout's, if it is built",
        };
        var output = Asking.Output();
        var command = new Command(
            "check",
            "Can this machine be a node? Needs root, no cluster; changes nothing. Exit 1 if something is missing."
        )
        {
            netns,
            underlay,
            programs,
            output,
        };
        command.SetAction(parsed =>
        {
            try
            {
                IReadOnlyList<Finding> Look() =>
                    [
                        .. NodeCheck.Look(parsed.GetValue(underlay), parsed.GetValue(programs) ?? Built()),
                        FirewallRules.Of(Said("nft", "list", "ruleset") ?? Said("iptables-save")),
                    ];
                var found = parsed.GetValue(netns) is { } path ? Netns.Run(path, Look) : Look();
                Console.Out.WriteLine(
                    parsed.GetValue(output) == "json" ? JsonSerializer.Serialize(found, Json) : Text(found)
                );
                return found.Any(one => one.Level == Level.Fail) ? 1 : 0;
            }
            catch (LinuxException refused)
            {
                Console.Error.WriteLine($"tombolo: {refused.Message}; this needs root");
                return 2;
            }
        });
        return command;
    }

    private static string Text(IReadOnlyList<Finding> found)
    {
        var table = new TextTable("", "WHAT", "FOUND", "WAY OUT");
        foreach (var one in found)
        {
            table.Add(one.Level.ToString().ToLowerInvariant(), one.What, one.Found, one.WayOut ?? "");
        }
        return table.ToString().TrimEnd();
    }

    private static string? Built()
    {
        try
        {
            var path = Checkout.Find().BpfObject;
            return File.Exists(path) ? path : null;
        }
        catch (LabException)
        {
            return null; // not in a checkout
        }
    }

    /// <returns>Null if there is no such program, or it refuses.</returns>
    private static string? Said(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!; // a program by name gives a process or throws
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? said : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
