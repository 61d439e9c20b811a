using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Tombolo.Agent.Datapath;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary><c>bpf/abi</c> and its mirrors in C# say the same.</summary>
public sealed class AbiTests
{
    private static readonly Btf Btf = new(BpfBuild.Object);

    public static TheoryData<Type> Mirrors =>
        [
            .. typeof(AddressKey)
                .Assembly.GetTypes()
                .Where(type => type.GetCustomAttribute<MirrorsAttribute>() is not null),
        ];

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void A_mirror_has_the_layout_of_its_C_type(Type mirror)
    {
        var attribute = mirror.GetCustomAttribute<MirrorsAttribute>()!; // that is how it was chosen
        if (mirror.IsEnum)
        {
            Assert.Equal(Values(attribute.Name, attribute.Prefix), Values(mirror));
            Assert.Equal(Btf.SizeOf(attribute.Name), Size(mirror));
        }
        else
        {
            Assert.Equal(Layout(attribute.Name), Layout(mirror));
        }
    }

    [Fact]
    public void Structs_and_enumerations_were_found() => Assert.InRange(Mirrors.Count, 27, 100);

    [Fact]
    public void Address_families_are_those_of_the_maps() =>
        Assert.Equal(Values("tb_family", "TB_"), Values(typeof(AddressFamily)));

    [Fact]
    public void Every_reason_has_its_name()
    {
        var inC = Btf.Values("tb_reason")
            .Where(value => value.Name is not ("DROP_none" or "DROP_limit"))
            .Select(value => (value.Name["DROP_".Length..], value.Value));
        var inCSharp = Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None);
        Assert.Equal(inC, inCSharp.Select(reason => (reason.Name(), (long)reason)));
    }

    [Fact]
    public void A_reason_is_read_by_its_name()
    {
        Assert.True(DropReasons.TryParse("source_not_behind_endpoint", out var reason));
        Assert.Equal(DropReason.SourceNotBehindEndpoint, reason);
        Assert.False(DropReasons.TryParse("none", out _));
        Assert.False(DropReasons.TryParse("NoRoute", out _));
        Assert.Equal("4711", ((DropReason)4711).Name());
    }

    [Fact]
    public void The_layout_version_is_the_same()
    {
        var text = File.ReadAllText(Path.Combine(BpfBuild.Root, "bpf/abi/config.h"));
        Assert.Contains($"#define TB_LAYOUT {Config.CurrentLayout}\n", text);
    }

    // The negative control: were the comparison blind, these would pass too.
    [Fact]
    public void A_wrong_mirror_is_found_out()
    {
        Assert.NotEqual(Layout("tb_route"), Layout(typeof(Swapped)));
        Assert.NotEqual(Layout("tb_route"), Layout(typeof(Wider)));
        Assert.NotEqual(Layout("tb_route"), Layout(typeof(Longer)));
        Assert.NotEqual(Values("tb_spoof_kind", "TB_SPOOF_"), Values(typeof(Renumbered)));
        Assert.Equal(Layout("tb_route"), Layout(typeof(Right)));
    }

    // Any change of the contract shows in review, and asks for another layout version once one was released.
    [Fact]
    public void The_contract_is_the_golden_one()
    {
        var text = new StringBuilder();
        foreach (var tag in Declared().Order(StringComparer.Ordinal))
        {
            text.Append($"{tag} {Btf.SizeOf(tag)}\n");
            if (Btf.IsStruct(tag))
            {
                foreach (var field in Btf.Fields(tag))
                {
                    text.Append($"  {field.Offset, 3} {field.Size, 3} {field.Name}\n");
                }
            }
            else
            {
                foreach (var (name, value) in Btf.Values(tag))
                {
                    text.Append($"  {value} {name}\n");
                }
            }
        }
        var path = Path.Combine(BpfBuild.Root, "tests/Golden/AbiTests.golden");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file in a directory
            File.WriteAllText(path, text.ToString());
        }
        Assert.Equal(File.ReadAllText(path), text.ToString());
    }

    // Tags that bpf/abi declares; what programs have for themselves is no contract.
    private static IEnumerable<string> Declared() =>
        Directory
            .GetFiles(Path.Combine(BpfBuild.Root, "bpf/abi"))
            .SelectMany(file =>
                Regex.Matches(File.ReadAllText(file), @"^(?:struct|enum) (tb_\w+) \{", RegexOptions.Multiline)
            )
            .Select(match => match.Groups[1].Value);

    private sealed record Line(string Name, int Offset, int Size);

    private static IEnumerable<Line> Layout(string tag) =>
        Btf.Fields(tag)
            .Select(field => new Line(Plain(field.Name), field.Offset, field.Size))
            .Append(new Line("", 0, Btf.SizeOf(tag)));

    private static IEnumerable<Line> Layout(Type mirror) =>
        mirror
            .GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Select(field => new Line(
                Plain(field.Name[1..field.Name.IndexOf('>')]), // <Name>k__BackingField
                (int)Marshal.OffsetOf(mirror, field.Name),
                Size(field.FieldType)
            ))
            .OrderBy(line => line.Offset)
            .Append(new Line("", 0, Size(mirror)));

    // Room to come is one field in C# and may be an array in C: only "limit", which sets the width, has no mirror.
    private static IEnumerable<(string, long)> Values(string tag, string prefix) =>
        Btf.Values(tag)
            .Where(value => !value.Name.EndsWith("LIMIT", StringComparison.Ordinal))
            .Select(value => (Plain(value.Name[prefix.Length..]), value.Value))
            .Where(value => value.Item2 != 0);

    private static IEnumerable<(string, long)> Values(Type mirror) =>
        Enum.GetValuesAsUnderlyingType(mirror)
            .Cast<object>()
            .Select(value => (Plain(Enum.GetName(mirror, value)!), Convert.ToInt64(value)))
            .Where(value => value.Item2 != 0);

    private static string Plain(string name) => name.Replace("_", "").ToLowerInvariant();

    private static int Size(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!; // generic method of the framework

    private readonly record struct Right(uint NextHop, uint Identity);

    private readonly record struct Swapped(uint Identity, uint NextHop);

    private readonly record struct Wider(uint NextHop, ulong Identity);

    private readonly record struct Longer(uint NextHop, uint Identity, uint Pad);

    private enum Renumbered
    {
        Address = 2,
        Allowed = 1,
    }
}
