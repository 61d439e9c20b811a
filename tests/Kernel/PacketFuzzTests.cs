using System.Diagnostics;
using Tombolo.Agent.Datapath;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// Runs the three programs on packets made from the tables' and holds what comes out against <see cref="PacketOracle"/>.
/// <c>./test kernel --long</c>: for three minutes from a new seed, which is printed. TOMBOLO_FUZZ_SECONDS and
/// TOMBOLO_FUZZ_SEED set either; TOMBOLO_FUZZ_CORPUS=FILE collects inputs that end in a way no other did.
/// </summary>
[Trait("needs", "root")]
public sealed class PacketFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly NodeA node = new();

    [Fact]
    public void The_corpus_breaks_nothing()
    {
        var oracle = new PacketOracle(node);
        var refused = node.Inside(() =>
            FuzzInput.Tables.Concat(FuzzInput.Corpus).Count(input => Try(oracle, input) is null)
        );
        Assert.Equal(0, refused);
        Assert.Equal(oracle.Totals.InMap, oracle.Totals.Accounted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutations_break_nothing(int seed) => Fuzz(seed, (count, _) => count < 10_000);

    [Fact]
    public void Mutations_from_a_new_seed_break_nothing()
    {
        var asked = Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_SECONDS");
        var seconds =
            double.TryParse(asked, out var some) ? some
            : Environment.GetEnvironmentVariable("TOMBOLO_LONG") == "1" ? 180
            : 1;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_SEED"), out var given)
            ? given
            : Random.Shared.Next();
        var count = Fuzz(seed, (_, watch) => watch.Elapsed.TotalSeconds < seconds);
        output.WriteLine($"seed {seed}: {count} packets in {seconds} s");
    }

    // The negative control: maps that say something else than the state which the oracle knows.
    public enum Mistake
    {
        AForeignSourceIsAllowed,
        ARouteLeadsIntoTheOtherNetwork,
        ATunnelRouteHasAnotherLabel,
        ALabelNamesAnotherPod,
        AStrangerIsAnEndpoint,
        AnImportedRouteCostsNothing,
    }

    public static TheoryData<Mistake> Mistakes => [.. Enum.GetValues<Mistake>()];

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_in_the_maps_is_found_out(Mistake mistake)
    {
        var maps = node.Datapath.Maps;
        var (red, blue) = ((uint)node.RedPod.IfIndex, (uint)node.BluePod.IfIndex);
        RouteEntry RouteOf(ushort vrf, string address)
        {
            Assert.True(maps.Hosts.TryGet(AddressKey.Of(vrf, Address.Parse(address)), out var route));
            return route;
        }
        NextHopEntry HopOf(RouteEntry route)
        {
            Assert.True(maps.NextHops.TryGet(route.NextHop, out var hop));
            return hop;
        }
        switch (mistake)
        {
            case Mistake.AForeignSourceIsAllowed:
                maps.Spoof.Set(LpmKey.Of(red, Prefix.Parse("10.10.0.0/24")), new SpoofEntry(SpoofKind.Allowed));
                break;
            case Mistake.ARouteLeadsIntoTheOtherNetwork:
                maps.Hosts.Set(AddressKey.Of(NodeA.Red, Address.Parse("10.10.0.6")), RouteOf(NodeA.Blue, "10.10.0.5"));
                break;
            case Mistake.ATunnelRouteHasAnotherLabel:
                var route = RouteOf(NodeA.Red, "fd10::14");
                maps.NextHops.Set(route.NextHop, HopOf(route) with { Label = 215 });
                break;
            case Mistake.ALabelNamesAnotherPod:
                Assert.True(maps.Labels.TryGet(new LabelKey(LabelSpace.Nodes, 100), out var label));
                maps.Labels.Set(new LabelKey(LabelSpace.Nodes, 100), label with { IfIndex = blue, Vrf = NodeA.Red });
                break;
            case Mistake.AStrangerIsAnEndpoint:
                Assert.True(maps.TunnelEndpoints.TryGet(EndpointKey.Of(NodeA.NodeB), out var endpoint));
                maps.TunnelEndpoints.Set(EndpointKey.Of(NodeA.NodeC), endpoint);
                break;
            default:
                Assert.True(maps.Prefixes.TryGet(LpmKey.Of(NodeA.Red, Prefix.Parse("10.23.0.0/16")), out var imported));
                maps.NextHops.Set(imported.NextHop, HopOf(imported) with { Flags = NextHopFlags.Own });
                break;
        }
        Assert.Throws<InvalidOperationException>(() => Fuzz(1, (count, _) => count < 50_000));
    }

    private int Fuzz(int seed, Func<int, Stopwatch, bool> goesOn)
    {
        FuzzInput[] seeds = [.. FuzzInput.Tables, .. FuzzInput.Corpus];
        var oracle = new PacketOracle(node);
        var mutator = new PacketMutator(seeds, new Random(seed), oracle);
        var collect = Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_CORPUS");
        var (count, refused, watch) = (0, 0, Stopwatch.StartNew());
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        node.Inside(() =>
        {
            var ways = seeds
                .Select(input => (input, run: Try(oracle, input)))
                .Select(one => Way(one.input, one.run))
                .ToHashSet();
            for (; goesOn(count, watch); count++)
            {
                var input = mutator.Next();
                var run = Try(oracle, input, $"seed {seed}, packet {count}: ");
                refused += run is null ? 1 : 0;
                var end = run is { } ran
                    ? $"{input.Program} {FromPodTests.Outcome(ran)} {FromPodTests.Reason(ran)}"
                    : "";
                ends[end] = ends.GetValueOrDefault(end) + 1;
                if (collect is not null && input.Frame.Length < 300 && run is not null && ways.Add(Way(input, run)))
                {
                    File.AppendAllText(collect, $"{input}\n");
                }
            }
            return 0;
        });
        Assert.Equal(oracle.Totals.InMap, oracle.Totals.Accounted);
        Assert.InRange(refused, 0, count / 3);
        output.WriteLine(string.Join('\n', ends.Select(end => $"{end.Value, 8} {end.Key}")));
        return count;
    }

    private static TestRun? Try(PacketOracle oracle, FuzzInput input, string where = "")
    {
        try
        {
            return oracle.Run(input);
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException($"{where}for PacketCorpus.txt: {input}", broken);
        }
    }

    // What an input shows, roughly: two with the same are not both worth keeping.
    private static string Way(FuzzInput input, TestRun? run)
    {
        if (run is not { } ran)
        {
            return "";
        }
        byte At(int at, params byte[] known) =>
            at < input.Frame.Length && known.Contains(input.Frame[at]) ? input.Frame[at] : (byte)255;
        var what =
            input.Program == "from_underlay"
                ? (At(37, 0xb5, 0xeb), At(46, 0x45, 0x60), At(64, 0x45, 0x60)) // port's end, inner versions
                : (At(12, 8, 0x86), At(23, 1, 6, 17, 132), At(20, 0, 6, 17, 43, 44, 51, 58, 60)); // type, protocols
        return $"{input.Program} {input.Device} {FromPodTests.Outcome(ran)} {FromPodTests.Reason(ran)} {what}";
    }

    public void Dispose() => node.Dispose();
}
