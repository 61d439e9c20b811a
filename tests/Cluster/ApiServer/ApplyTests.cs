using System.Text.Json.Nodes;
using CsCheck;
using k8s.Models;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Server-side apply: who owns what, and what happens when two want the same.</summary>
public class ApplyTests(TestServer server) : IClassFixture<TestServer>
{
    private Task<Reply> ApplyAsync(string path, string body, string manager, string more = "") =>
        server.SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager={manager}{more}",
            body,
            "application/apply-patch+yaml"
        );

    private async Task<string> PathAsync() => $"/api/v1/namespaces/{await server.MakeNamespaceAsync()}/configmaps/a";

    private static string Map(string data, string metadata = "") =>
        $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a{metadata}}}, data: {{{data}}}}}";

    [Fact]
    public async Task Makes_the_object_and_again_changes_nothing()
    {
        var path = await PathAsync();
        var made = (await ApplyAsync(path, Map("x: '1'"), "me")).Expect(201);
        var entry = Assert.Single(made.Items("metadata", "managedFields"));
        Assert.Equal("me", entry.Text("manager"));
        Assert.Equal("Apply", entry.Text("operation"));
        Assert.Equal("""{"f:data":{"f:x":{}}}""", entry["fieldsV1"]!.ToJsonString());
        var again = (await ApplyAsync(path, Map("x: '1'"), "me")).Expect(200);
        Assert.Equal(made.Text("metadata", "resourceVersion"), again.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task What_is_no_longer_applied_goes_unless_another_owns_it()
    {
        var path = await PathAsync();
        (await ApplyAsync(path, Map("x: '1', y: '1', z: '1'", ", labels: {l: a}"), "me")).Expect(201);
        (await ApplyAsync(path, Map("y: '1'"), "other")).Expect(200);
        var left = (await ApplyAsync(path, Map("z: '2'"), "me")).Expect(200);
        Assert.Equal("""{"y":"1","z":"2"}""", left["data"]!.ToJsonString());
        Assert.Null(left.At("metadata", "labels"));
    }

    [Fact]
    public async Task Another_owners_value_is_a_conflict_until_forced()
    {
        var path = await PathAsync();
        (await ApplyAsync(path, Map("x: '1'"), "me")).Expect(201);
        var status = (await ApplyAsync(path, Map("x: '2'"), "other")).ExpectError(409, "Conflict");
        Assert.Equal("Apply failed with 1 conflict: conflicts with \"me\":\n- .data.x", status.Text("message"));
        Assert.Equal("FieldManagerConflict", status.Items("details", "causes").Single().Text("reason"));
        var forced = (await ApplyAsync(path, Map("x: '2'"), "other", "&force=true")).Expect(200);
        Assert.Equal(["other"], forced.Items("metadata", "managedFields").Select(e => e.Text("manager")));
        // A patch by other means takes the field over, and the next apply conflicts with it.
        (
            await server.SendAsync(
                HttpMethod.Patch,
                $"{path}?fieldManager=hand",
                """{"data":{"x":"3"}}""",
                "application/merge-patch+json"
            )
        ).Expect(200);
        status = (await ApplyAsync(path, Map("x: '4'"), "other")).ExpectError(409, "Conflict");
        Assert.Contains("conflicts with \"hand\" using v1", status.Text("message"));
    }

    [Fact]
    public async Task What_was_there_before_the_first_apply_is_owned_as_such()
    {
        var path = await PathAsync();
        (await server.PostAsync(path[..^2], """{"metadata":{"name":"a"},"data":{"x":"1"}}""")).Expect(201);
        Assert.Null((await server.GetAsync(path)).Expect(200).At("metadata", "managedFields"));
        var applied = (await ApplyAsync(path, Map("x: '1', y: '1'"), "me")).Expect(200);
        Assert.Equal(
            ["before-first-apply", "me"],
            applied.Items("metadata", "managedFields").Select(e => e.Text("manager"))
        );
        (await ApplyAsync(path, Map("x: '2'"), "me")).ExpectError(409, "Conflict");
    }

    [Fact]
    public async Task Lists_are_merged_by_their_keys()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{space}/deployments/d";
        string Body(string containers) =>
            $"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: d}}, spec: {{selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{containers}]}}}}}}}}";
        (await ApplyAsync(path, Body("{name: c, image: one, ports: [{containerPort: 80}]}"), "me")).Expect(201);
        const string Side =
            """{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"side","image":"s"},{"name":"c","env":[{"name":"E","value":"1"}]}]}}}}""";
        (await ApplyAsync(path, Side, "injector")).Expect(200);
        var changed = (await ApplyAsync(path, Body("{name: c, image: two}"), "me")).Expect(200);
        var containers = changed.Items("spec", "template", "spec", "containers").ToDictionary(c => c.Text("name")!);
        Assert.Equal(["c", "side"], containers.Keys.Order());
        Assert.Equal("two", containers["c"].Text("image"));
        Assert.Single(containers["c"].Items("env"));
        Assert.Empty(containers["c"].Items("ports"));
        var gone = (
            await ApplyAsync(path, Side.Replace("{\"name\":\"side\",\"image\":\"s\"},", ""), "injector")
        ).Expect(200);
        Assert.Equal(["c"], gone.Items("spec", "template", "spec", "containers").Select(c => c.Text("name")));
    }

    [Theory]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}", "me")]
    [InlineData("{apiVersion: v1, kind: Secret, metadata: {name: a}}", "me")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {managedFields: []}}", "me")]
    [InlineData("{apiVersion: v1, kind: ConfigMap}", "")]
    public async Task A_configuration_that_is_none_is_refused(string body, string manager) =>
        (await ApplyAsync(await PathAsync(), body, manager)).ExpectError(400, "BadRequest");

    [Fact]
    public async Task Kubectl_applies_on_the_server()
    {
        Kubectl.SkipUnlessInstalled();
        var space = await server.MakeNamespaceAsync();
        var kubectl = new Kubectl(server);
        Assert.Equal(
            "configmap/a serverside-applied\n",
            await kubectl.RunAsync($"-n {space} apply --server-side -f -", Map("x: '1'"))
        );
        Assert.Equal(
            "configmap/a serverside-applied\n",
            await kubectl.RunAsync($"-n {space} apply --server-side -f -", Map("z: '1'"))
        );
        Assert.Equal("""{"z":"1"}""", await kubectl.RunAsync($"-n {space} get cm a -o jsonpath='{{.data}}'"));
    }

    [Fact]
    public void Sets_of_fields_are_read_as_they_are_written_and_obey_the_algebra_of_sets()
    {
        var schema = new ModelSchemas().Of(typeof(V1Pod));
        var gen = Gen.Select(
            Gen.Int[0, 3],
            Gen.Int[0, 3],
            Gen.String[Gen.Char["ab"], 1, 1].Array[0, 3],
            (ports, args, labels) =>
            {
                var pod = new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["labels"] = new JsonObject(
                            labels.Distinct().Select(l => KeyValuePair.Create(l, (JsonNode?)"v"))
                        ),
                    },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(
                            new JsonObject
                            {
                                ["name"] = "c",
                                ["args"] = new JsonArray([.. Enumerable.Range(0, args).Select(i => (JsonNode)$"{i}")]),
                                ["ports"] = new JsonArray([
                                    .. Enumerable
                                        .Range(1, ports)
                                        .Select(i => (JsonNode)new JsonObject { ["containerPort"] = i }),
                                ]),
                            }
                        ),
                    },
                };
                return FieldSteps.SetOf(pod, schema);
            }
        );
        static string Text(FieldSet set) => set.Write().ToJsonString();
        Gen.Select(gen, gen)
            .Sample(
                (a, b) =>
                {
                    Assert.Equal(Text(a), Text(FieldSet.Read(a.Write())));
                    Assert.Equal(Text(a.Union(b)), Text(b.Union(a)));
                    Assert.Equal(Text(a), Text(a.Without(b).Union(a.Common(b))));
                    Assert.True(a.Without(b).Common(b).IsEmpty);
                }
            );
    }
}
