using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tombolo.Agent;

var node = new Option<string>("--node") { Description = "name of this node in its cluster", Required = true };
var cluster = new Option<int>("--cluster")
{
    Description = "number of the cluster, 1 to 64",
    DefaultValueFactory = _ => 1,
};
var uid = new Option<string>("--node-uid") { Description = "UID of the Node object", DefaultValueFactory = _ => "" };
var servers = new Option<string[]>("--servers")
{
    Description = "route servers, host:port",
    Required = true,
    AllowMultipleArgumentsPerToken = true,
};
var underlay = new Option<string>("--underlay")
{
    Description = "device that tunnels leave by",
    DefaultValueFactory = _ => "eth0",
};
var pins = new Option<string>("--pins")
{
    Description = "this node's directory on a bpffs, for maps and links",
    Required = true,
};
var state = new Option<string>("--state") { Description = "directory that survives restarts", Required = true };
var socket = new Option<string>("--socket")
{
    Description = "Unix socket at which the CNI plugin asks",
    DefaultValueFactory = _ => "/run/tombolo/agent.sock",
};
var program = new Option<string>("--object") { Description = "the compiled BPF programs", Required = true };
var hosts = new Option<int>("--host-routes")
{
    Description = "size of the map of host routes",
    DefaultValueFactory = _ => 65_536,
};
var others = new Option<int>("--entries") { Description = "size of every other map", DefaultValueFactory = _ => 4_096 };
var metrics = new Option<string>("--metrics")
{
    Description = "where to serve GET /metrics for Prometheus, address:port; not given: nowhere",
    DefaultValueFactory = _ => "",
};
var verbose = new Option<bool>("--verbose") { Description = "log at level debug" };

var root = new RootCommand("Tombolo's node agent: makes one node's kernel hold what the route servers say.")
{
    node,
    cluster,
    uid,
    servers,
    underlay,
    pins,
    state,
    socket,
    program,
    hosts,
    others,
    metrics,
    verbose,
};
root.SetAction(
    async (parsed, cancel) =>
    {
        var options = new AgentOptions(
            parsed.GetRequiredValue(node),
            parsed.GetValue(cluster),
            parsed.GetValue(uid)!,
            parsed.GetRequiredValue(servers),
            parsed.GetValue(underlay)!,
            parsed.GetRequiredValue(pins),
            parsed.GetRequiredValue(state),
            parsed.GetValue(socket)!,
            parsed.GetRequiredValue(program),
            parsed.GetValue(hosts),
            parsed.GetValue(others),
            parsed.GetValue(metrics)!
        );
        using var logs = LoggerFactory.Create(logging =>
            logging
                .SetMinimumLevel(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information)
                .AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                    console.UseUtcTimestamp = true;
                })
        );
        return await AgentRole.RunAsync(options, logs, cancel);
    }
);
return await root.Parse(args).InvokeAsync();
