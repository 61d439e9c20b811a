using System.CommandLine;
using Tombolo.Cli.Bgp;

var root = new RootCommand("Tombolo: virtual networks for Kubernetes") { BgpCommands.Create() };
return await root.Parse(args).InvokeAsync();
