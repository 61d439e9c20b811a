using System.Text.Json;

namespace Tombolo.Tests.Kernel;

/// <summary>The types in an object's BTF, as <c>bpftool</c> tells them.</summary>
internal sealed class Btf
{
    private readonly Dictionary<int, JsonElement> types = [];

    public Btf(string path)
    {
        var json = JsonDocument.Parse(BpfBuild.Run("bpftool", "-j", "btf", "dump", "file", path));
        foreach (var type in json.RootElement.GetProperty("types").EnumerateArray())
        {
            types[type.GetProperty("id").GetInt32()] = type;
        }
    }

    public sealed record Field(string Name, int Offset, int Size);

    public bool IsStruct(string tag) => types.Values.Any(type => Kind(type) == "STRUCT" && Name(type) == tag);

    public int SizeOf(string tag) => SizeOf(Find(tag));

    public IReadOnlyList<Field> Fields(string tag) =>
        [
            .. Find(tag)
                .GetProperty("members")
                .EnumerateArray()
                .Select(member => new Field(
                    Name(member),
                    member.GetProperty("bits_offset").GetInt32() / 8,
                    SizeOf(types[member.GetProperty("type_id").GetInt32()])
                )),
        ];

    public IReadOnlyList<(string Name, long Value)> Values(string tag) =>
        [
            .. Find(tag)
                .GetProperty("values")
                .EnumerateArray()
                .Select(value => (Name(value), value.GetProperty("val").GetInt64())),
        ];

    private JsonElement Find(string tag) =>
        types.Values.Single(type => Name(type) == tag && Kind(type) is "STRUCT" or "ENUM" && Name(type) == tag);

    private int SizeOf(JsonElement type) =>
        Kind(type) switch
        {
            "TYPEDEF" or "CONST" or "VOLATILE" => SizeOf(types[type.GetProperty("type_id").GetInt32()]),
            "ARRAY" => type.GetProperty("nr_elems").GetInt32() * SizeOf(types[type.GetProperty("type_id").GetInt32()]),
            _ => type.GetProperty("size").GetInt32(),
        };

    private static string Kind(JsonElement type) => type.GetProperty("kind").GetString() ?? "";

    private static string Name(JsonElement type) => type.GetProperty("name").GetString() ?? "";
}
