using System.Text.Json.Nodes;
using Tombolo.Api.Schema;
using YamlDotNet.Serialization;

namespace Tombolo.Tests.Kinds;

public class CrdTests
{
    public static IEnumerable<TheoryDataRow<string>> Kinds() =>
        CustomResourceDefinition.Kinds.Select(kind => new TheoryDataRow<string>(kind.Name));

    [Theory, MemberData(nameof(Kinds))]
    public void The_committed_crd_is_what_the_type_says(string kind)
    {
        var crd = CustomResourceDefinition.Of(CustomResourceDefinition.Kinds.Single(type => type.Name == kind));
        var yaml = new SerializerBuilder().WithQuotingNecessaryStrings().Build().Serialize(Plain(crd)!);
        Golden.Matches(
            Root.File("deploy", "crds", $"{crd["metadata"]!["name"]}.yaml"),
            "# Made from src/Tombolo.Api/Kinds; `UPDATE_GOLDEN=1 ./test unit` writes it again.\n" + yaml
        );
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_field_is_structural(string kind)
    {
        var crd = CustomResourceDefinition.Of(CustomResourceDefinition.Kinds.Single(type => type.Name == kind));
        AssertStructural(crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject(), kind);
    }

    private static void AssertStructural(JsonObject schema, string path)
    {
        Assert.True(
            schema["type"]?.GetValueKind() == System.Text.Json.JsonValueKind.String,
            $"{path} has no single type"
        );
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            AssertStructural(property!.AsObject(), $"{path}.{name}");
        }
        if (schema["items"] is JsonObject items)
        {
            AssertStructural(items, $"{path}[]");
        }
    }

    private static object? Plain(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value)),
            JsonArray list => list.Select(Plain).ToList(),
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            JsonValue value when value.TryGetValue<long>(out var number) => number,
            JsonValue value when value.TryGetValue<int>(out var number) => number,
            JsonValue value => value.ToString(),
            _ => null,
        };
}
