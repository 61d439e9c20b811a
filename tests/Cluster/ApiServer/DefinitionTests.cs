using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>CRDs: served at once, validated, defaulted, pruned.</summary>
public class DefinitionTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <summary>A definition of one kind in a group of the test's own.</summary>
    private static string Definition(string group, string spec, string more = "") =>
        $$$"""
            {"metadata":{"name":"widgets.{{{group}}}" },"spec":{"group":"{{{group}}}","scope":"Namespaced",
            "names":{"plural":"widgets","kind":"Widget","shortNames":["wd"]},
            "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec": {{{spec}}} ,"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } } } {{{more}}} } ] } }
            """;

    private async Task<string> DefineAsync(string group, string spec, string more = "")
    {
        var made = (await server.PostAsync(Definitions, Definition(group, spec, more))).Expect(201);
        Assert.All(["NamesAccepted", "Established"], type => Assert.True(DefinitionRules.IsTrue(made, type)));
        return $"/apis/{group}/v1/namespaces/default/widgets";
    }

    private Task<Reply> PostSpecAsync(string path, string spec, string name = "a") =>
        server.PostAsync(path, WidgetOf(path, spec, name));

    private static string WidgetOf(string path, string spec, string name = "a", string metadata = "") =>
        $"{{\"apiVersion\":\"{path.Split('/')[2]}/v1\",\"kind\":\"Widget\",\"metadata\":{{\"name\":\"{name}\"{metadata}}},\"spec\":{spec}}}";

    [Fact]
    public async Task A_kind_is_served_as_soon_as_its_definition_is_made_and_until_it_is_deleted()
    {
        var path = await DefineAsync("served.example.com", """{"type":"object"}""");
        (await PostSpecAsync(path, "{}")).Expect(201);
        var groups = (await server.GetAsync("/apis")).Expect(200);
        Assert.Contains(groups.Items("groups"), g => g.Text("name") == "served.example.com");
        (await server.DeleteAsync($"{Definitions}/widgets.served.example.com")).Expect(200);
        await Wait.UntilAsync(async () => (await server.GetAsync(path)).Code == 404, "the kind is gone");
        await DefineAsync("served.example.com", """{"type":"object"}""");
        Assert.Empty((await server.GetAsync(path)).Expect(200).Items("items"));
    }

    [Fact]
    public async Task Defaults_are_filled_in_and_unknown_fields_pruned()
    {
        var path = await DefineAsync(
            "pruned.example.com",
            """
            {"type":"object","default":{},"properties":{"a":{"type":"integer","default":7},
            "list":{"type":"array","items":{"type":"object","properties":{"p":{"type":"string","default":"x"}}}},
            "any":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"known":{"type":"object","properties":{}}}},
            "map":{"type":"object","additionalProperties":{"type":"object","properties":{"q":{"type":"boolean","default":true}}}},
            "maybe":{"type":"string","nullable":true,"default":"d"},"port":{"x-kubernetes-int-or-string":true}}}
            """
        );
        var reply = await PostSpecAsync(
            path,
            """{"list":[{},{"z":1}],"any":{"x":{"y":1},"known":{"no":1}},"map":{"m":{}},"maybe":null,"port":"http","zz":1}"""
        );
        var expected =
            """{"list":[{"p":"x"},{"p":"x"}],"any":{"x":{"y":1},"known":{}},"map":{"m":{"q":true}},"maybe":null,"port":"http","a":7}""";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), reply.Expect(201)["spec"]), reply.Body);
        Assert.Equal(3, reply.Warnings.Count);
        var bare = (
            await server.PostAsync(
                path,
                """{"apiVersion":"pruned.example.com/v1","kind":"Widget","metadata":{"name":"b"}}"""
            )
        ).Expect(201);
        Assert.Equal(7, bare.Whole("spec", "a"));
    }

    [Theory]
    [InlineData(
        """{"size":0}""",
        "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"
    )]
    [InlineData(
        """{"size":11}""",
        "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10"
    )]
    [InlineData(
        """{"size":"x"}""",
        "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\""
    )]
    [InlineData(
        """{"size":1.5}""",
        "spec.size: Invalid value: \"number\": spec.size in body must be of type integer: \"number\""
    )]
    [InlineData("""{}""", "spec.size: Required value")]
    [InlineData(
        """{"size":1,"color":"green"}""",
        "spec.color: Unsupported value: \"green\": supported values: \"red\", \"blue\""
    )]
    [InlineData(
        """{"size":1,"name":"A"}""",
        "spec.name: Invalid value: \"A\": spec.name in body should match '^[a-z]+$'"
    )]
    [InlineData("""{"size":1,"name":"abcdef"}""", "spec.name: Too long: may not be more than 5 bytes")]
    [InlineData(
        """{"size":1,"name":""}""",
        "spec.name: Invalid value: \"\": spec.name in body should match '^[a-z]+$'"
    )]
    [InlineData(
        """{"size":1,"cidr":"10.0.0.0/33"}""",
        "spec.cidr: Invalid value: \"10.0.0.0/33\": spec.cidr in body must be of type cidr: \"10.0.0.0/33\""
    )]
    [InlineData("""{"size":1,"set":["a","a"]}""", "spec.set[1]: Duplicate value: \"a\"")]
    [InlineData("""{"size":1,"set":["a","b","c"]}""", "spec.set: Too many: 3: must have at most 2 items")]
    [InlineData("""{"size":1,"rows":[{"k":"a"},{"k":"a"}]}""", "spec.rows[1]: Duplicate value: {\"k\":\"a\"}")]
    [InlineData(
        """{"size":1,"port":1.5}""",
        "spec.port: Invalid value: \"number\": spec.port in body must be of type integer,string: \"number\""
    )]
    [InlineData(
        """{"size":1,"one":{"a":"x","b":"x"}}""",
        "spec.one: Invalid value: {\"a\":\"x\",\"b\":\"x\"}: spec.one in body must validate one and only one schema (oneOf)"
    )]
    [InlineData("""{"size":1,"min":2}""", "spec: Invalid value: \"object\": min exceeds size")]
    public async Task Wrong_values_are_refused_by_field_path(string spec, string message)
    {
        const string Path = "/apis/checked.example.com/v1/namespaces/default/widgets";
        await server.PostAsync(
            Definitions,
            Definition(
                "checked.example.com",
                """
                {"type":"object","required":["size"],"properties":{"size":{"type":"integer","minimum":1,"maximum":10},
                "min":{"type":"integer"},"color":{"type":"string","enum":["red","blue"]},
                "name":{"type":"string","pattern":"^[a-z]+$","maxLength":5},"cidr":{"type":"string","format":"cidr"},
                "set":{"type":"array","maxItems":2,"x-kubernetes-list-type":"set","items":{"type":"string"}},
                "rows":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
                "items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"}}}},
                "port":{"x-kubernetes-int-or-string":true},
                "one":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]}},
                "x-kubernetes-validations":[{"rule":"!has(self.min) || self.min <= self.size","message":"min exceeds size"}]}
                """
            )
        );
        var status = (await PostSpecAsync(Path, spec)).ExpectError(422, "Invalid");
        Assert.Equal($"Widget.checked.example.com \"a\" is invalid: {message}", status.Text("message"));
        Assert.Equal(message.Split(':')[0], status.Items("details", "causes").First().Text("field"));
    }

    [Fact]
    public async Task Transition_rules_run_on_updates_only_and_follow_map_lists_by_key()
    {
        var path = await DefineAsync(
            "fixed.example.com",
            """
            {"type":"object","properties":{"vni":{"type":"integer","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"vni is immutable"}]},
            "free":{"type":"string"},"rows":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
            "items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"},"v":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf","message":"v only grows"}]}}}}},
            "x-kubernetes-validations":[{"rule":"!has(oldSelf.vni) || has(self.vni)","message":"vni cannot be removed"}]}
            """
        );
        (await PostSpecAsync(path, """{"vni":1,"rows":[{"k":"a","v":5},{"k":"b","v":1}]}""")).Expect(201);
        (await server.MergeAsync($"{path}/a", """{"spec":{"free":"x"}}""")).Expect(200);
        var status = (await server.MergeAsync($"{path}/a", """{"spec":{"vni":2}}""")).ExpectError(422, "Invalid");
        Assert.Contains("spec.vni: Invalid value: 2: vni is immutable", status.Text("message"));
        status = (await server.MergeAsync($"{path}/a", """{"spec":{"vni":null}}""")).ExpectError(422, "Invalid");
        Assert.Contains("vni cannot be removed", status.Text("message"));
        (await server.MergeAsync($"{path}/a", """{"spec":{"rows":[{"k":"b","v":2},{"k":"a","v":5}]}}""")).Expect(200);
        status = (
            await server.MergeAsync($"{path}/a", """{"spec":{"rows":[{"k":"b","v":1},{"k":"a","v":5}]}}""")
        ).ExpectError(422, "Invalid");
        Assert.Contains("spec.rows[0].v: Invalid value: 1: v only grows", status.Text("message"));
    }

    [Theory]
    [InlineData(
        """{"properties":{}}""",
        "spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields"
    )]
    [InlineData("""{"type":"array"}""", "properties[spec].items: Required value: must be specified")]
    [InlineData("""{"type":"string","pattern":"("}""", "properties[spec].pattern: Invalid value: \"(\"")]
    [InlineData("""{"type":"integer","default":"x"}""", "must be of type integer")]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}""",
        "additionalProperties and properties are mutual exclusive"
    )]
    [InlineData(
        """{"type":"object","x-kubernetes-validations":[{"rule":"self.a ="}]}""",
        "properties[spec].x-kubernetes-validations[0].rule: Invalid value: \"self.a =\": compilation failed: ERROR: <input>:1:"
    )]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"}},"x-kubernetes-validations":[{"rule":"self.b == 'x'"}]}""",
        "undefined field 'b'"
    )]
    [InlineData(
        """{"type":"object","x-kubernetes-validations":[{"rule":"isIP('x')"}]}""",
        "undeclared reference to 'isIP'"
    )]
    public async Task A_definition_that_is_not_structural_is_refused(string spec, string message)
    {
        var status = (await server.PostAsync(Definitions, Definition("refused.example.com", spec))).ExpectError(
            422,
            "Invalid"
        );
        Assert.Contains(message, status.Text("message"));
    }

    [Fact]
    public async Task Several_versions_share_their_objects()
    {
        const string More =
            """}, {"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } """;
        var path = await DefineAsync(
            "many.example.com",
            """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""",
            More
        );
        (await PostSpecAsync(path, """{"a":1}""")).Expect(201);
        var other = (await server.GetAsync(path.Replace("/v1/", "/v2/") + "/a")).Expect(200);
        Assert.Equal("many.example.com/v2", other.Text("apiVersion"));
        Assert.Equal(1, other.Whole("spec", "a"));
        await using var watch = await WatchStream.OpenAsync(server, path.Replace("/v1/", "/v2/") + "?watch=true");
        Assert.Equal("many.example.com/v2", (await watch.NextAsync()).Text("object", "apiVersion"));
    }

    [Fact]
    public async Task Columns_come_from_the_definition()
    {
        var path = await DefineAsync(
            "columns.example.com",
            """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""",
            """
            ,"additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"},
            {"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"},{"name":"All","type":"string","jsonPath":".spec.list[*].x","priority":1}]
            """
        );
        (await PostSpecAsync(path, """{"size":3,"list":[{"x":1},{"x":2}]}""")).Expect(201);
        (
            await server.MergeAsync(
                $"{path}/a/status",
                """{"status":{"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}}"""
            )
        ).Expect(200);
        var table = (await server.GetAsync(path, "application/json;as=Table;v=v1;g=meta.k8s.io")).Expect(200);
        Assert.Equal(["Name", "Size", "Ready", "All"], table.Items("columnDefinitions").Select(c => c.Text("name")));
        Assert.Equal("""["a",3,"True","1 2"]""", table["rows"]![0]!["cells"]!.ToJsonString());
    }

    [Fact]
    public async Task An_update_of_a_custom_object_names_the_version_it_is_based_on()
    {
        var path = await DefineAsync(
            "pinned.example.com",
            """{"type":"object","x-kubernetes-preserve-unknown-fields":true}"""
        );
        var made = (await PostSpecAsync(path, "{}")).Expect(201);
        (await server.PutAsync($"{path}/a", WidgetOf(path, """{"x":1}"""))).ExpectError(422, "Invalid");
        var version = $",\"resourceVersion\":\"{made.Text("metadata", "resourceVersion")}\"";
        var updated = (await server.PutAsync($"{path}/a", WidgetOf(path, """{"x":1}""", metadata: version))).Expect(
            200
        );
        Assert.Equal(2, updated.Whole("metadata", "generation"));
        (
            await server.SendAsync(HttpMethod.Patch, $"{path}/a", "{}", "application/strategic-merge-patch+json")
        ).ExpectError(415, "UnsupportedMediaType");
    }
}
