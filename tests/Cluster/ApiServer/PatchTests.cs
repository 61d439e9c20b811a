using System.Text.Json.Nodes;
using k8s.Models;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>The three kinds of patch, as pure functions.</summary>
public class PatchTests
{
    private static readonly Schema Deployment = new ModelSchemas().Of(typeof(V1Deployment));

    private static JsonNode? Read(string json) => JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(json));

    private static void Same(string expected, JsonNode? given) =>
        Assert.True(JsonNode.DeepEquals(Read(expected), given), given?.ToJsonString());

    // The table of RFC 7386, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Merge_patches_as_RFC_7386_says(string target, string patch, string result) =>
        Same(result, MergePatch.Apply(Read(target), Read(patch)));

    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"add","path":"/a/1","value":9}]""", """{"a":[1,9,2]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":null}]""", """{"a":[1,null]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"remove","path":"/a/0"}]""", """{"a":[2]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"replace","path":"/a/1","value":{"x":1}}]""", """{"a":[1,{"x":1}]}""")]
    [InlineData("""{"a":1,"b":{}}""", """[{"op":"move","from":"/a","path":"/b/c"}]""", """{"b":{"c":1}}""")]
    [InlineData("""{"a":{"x":1}}""", """[{"op":"copy","from":"/a","path":"/b"}]""", """{"a":{"x":1},"b":{"x":1}}""")]
    [InlineData(
        """{"a/b":1,"m~n":2}""",
        """[{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/m~0n"}]""",
        """{}"""
    )]
    [InlineData(
        """{"a":1}""",
        """[{"op":"test","path":"/a","value":1},{"op":"replace","path":"","value":{"z":1}}]""",
        """{"z":1}"""
    )]
    public void Json_patches_as_RFC_6902_says(string target, string patch, string result) =>
        Same(result, JsonPatch.Apply(Read(target), Read(patch)));

    [Theory]
    [InlineData("""[{"op":"remove","path":"/none"}]""")]
    [InlineData("""[{"op":"replace","path":"/none","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a/9","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a/-1","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/none/x","value":1}]""")]
    [InlineData("""[{"op":"add","path":"x","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/x"}]""")]
    [InlineData("""[{"op":"jump","path":"/x"}]""")]
    [InlineData("""[{"op":"remove","path":""}]""")]
    [InlineData("""[1]""")]
    [InlineData("""{}""")]
    public void A_json_patch_that_does_not_fit_is_refused(string patch) =>
        Assert.Throws<FormatException>(() => JsonPatch.Apply(Read("""{"a":[1]}"""), Read(patch)));

    [Fact]
    public void A_failed_test_is_told_apart() =>
        Assert.Throws<PatchTestFailedException>(() =>
            JsonPatch.Apply(Read("""{"a":1}"""), Read("""[{"op":"test","path":"/a","value":2}]"""))
        );

    [Theory]
    // Lists with a merge key merge by it; $patch: delete removes an item.
    [InlineData(
        """{"containers":[{"name":"a","image":"1","env":[{"name":"x","value":"1"}]},{"name":"b"}]}""",
        """{"containers":[{"name":"a","image":"2","env":[{"name":"y","value":"2"}]},{"name":"c"},{"name":"b","$patch":"delete"}]}""",
        """{"containers":[{"name":"a","image":"2","env":[{"name":"x","value":"1"},{"name":"y","value":"2"}]},{"name":"c"}]}"""
    )]
    // Others are replaced.
    [InlineData(
        """{"containers":[{"name":"a","args":["1","2"]}]}""",
        """{"containers":[{"name":"a","args":["3"]}]}""",
        """{"containers":[{"name":"a","args":["3"]}]}"""
    )]
    [InlineData(
        """{"tolerations":[{"key":"a"}]}""",
        """{"tolerations":[{"key":"b"}]}""",
        """{"tolerations":[{"key":"b"}]}"""
    )]
    [InlineData(
        """{"containers":[{"name":"a"},{"name":"b"}]}""",
        """{"containers":[{"$patch":"replace"},{"name":"c"}]}""",
        """{"containers":[{"name":"c"}]}"""
    )]
    [InlineData(
        """{"nodeSelector":{"a":"1","b":"2"}}""",
        """{"nodeSelector":{"$patch":"replace","c":"3"}}""",
        """{"nodeSelector":{"c":"3"}}"""
    )]
    [InlineData(
        """{"nodeSelector":{"a":"1","b":"2"}}""",
        """{"nodeSelector":{"a":null}}""",
        """{"nodeSelector":{"b":"2"}}"""
    )]
    [InlineData(
        """{"volumes":[{"name":"v","emptyDir":{}}]}""",
        """{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}""",
        """{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}"""
    )]
    [InlineData(
        """{"containers":[{"name":"a"},{"name":"server"},{"name":"b"}]}""",
        """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"},{"name":"n"}],"containers":[{"name":"n"}]}""",
        """{"containers":[{"name":"server"},{"name":"b"},{"name":"a"},{"name":"n"}]}"""
    )]
    public void Strategic_merges_know_the_schema(string spec, string patch, string result)
    {
        JsonObject Wrap(string pod) => (JsonObject)Read("{\"spec\":{\"template\":{\"spec\":" + pod + "}}}")!;
        Same(
            "{\"spec\":{\"template\":{\"spec\":" + result + "}}}",
            StrategicMergePatch.Apply(Wrap(spec), Wrap(patch), Deployment)
        );
    }

    [Fact]
    public void Strategic_merges_add_and_remove_values_of_sets()
    {
        var target = (JsonObject)Read("""{"metadata":{"finalizers":["a","b"]}}""")!;
        var patch = (JsonObject)
            Read("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["b","c"]}}""")!;
        Same("""{"metadata":{"finalizers":["b","c"]}}""", StrategicMergePatch.Apply(target, patch, Deployment));
    }

    [Fact]
    public void A_strategic_item_without_its_key_is_refused()
    {
        var patch = (JsonObject)Read("""{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}""")!;
        Assert.Throws<FormatException>(() => StrategicMergePatch.Apply([], patch, Deployment));
    }
}
