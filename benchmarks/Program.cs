using System.Text.Json;
using Tombolo.Benchmarks.Bgp;
using Tombolo.Benchmarks.Cni;
using Tombolo.Benchmarks.Datapath;
using Tombolo.Benchmarks.Measuring;

if (args is ["bgp-neighbors", var count, var routes, var shared, var hold])
{
    await new Neighbors(int.Parse(count), int.Parse(routes), int.Parse(shared), ushort.Parse(hold)).RunAsync();
    return 0;
}
if (args is ["profile", ..])
{
    DatapathFamily.Profile();
    return 0;
}
var families = new Dictionary<string, Func<bool, int, Task<List<Row>>>>
{
    ["bgp"] = (quick, _) => BgpFamily.RunAsync(quick),
    ["datapath"] = DatapathFamily.RunAsync,
    ["cni"] = CniFamily.RunAsync,
};
var name = args.FirstOrDefault(families.Keys.Append("all").Contains) ?? "";
if (name != "all" && !families.ContainsKey(name))
{
    Console.Error.WriteLine(
        $"usage: bench all|{string.Join('|', families.Keys)} [--quick] [--pairs N] [-o json]\n       bench profile    where the datapath's time goes, by the kernel's functions"
    );
    return name.Length == 0 || args.Contains("--help") ? 0 : 2;
}
var quick = args.Contains("--quick");

// Full: 31; what shows a difference of a tenth where slices spread by a third.
var pairs =
    Array.IndexOf(args, "--pairs") is >= 0 and var at && int.TryParse(args.ElementAtOrDefault(at + 1), out var given)
        ? given
    : quick ? 5
    : 31;
var rows = new List<Row>();
foreach (var (one, run) in families.Where(row => name == "all" || row.Key == name))
{
    Console.Error.WriteLine($"bench {one}{(quick ? " --quick" : "")}");
    rows.AddRange(await run(quick, pairs));
}
var machine = Machine.Here();
Directory.CreateDirectory(".bench");
var report = JsonSerializer.Serialize(new { machine, rows }, Row.Json);
await File.WriteAllTextAsync($".bench/{name}-{DateTime.UtcNow:yyyyMMddTHHmmss}.json", report);
Console.WriteLine(args.Contains("json") ? report : Row.Table(machine, rows));
return 0;
