using System.Text.Json;
using CsCheck;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Whatever octets come, what reads them answers or refuses, and never breaks.</summary>
public class RobustnessTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Readers_refuse_garbage_in_their_own_words()
    {
        Gen.Byte.Array[0, 200]
            .Sample(octets =>
            {
                Only<JsonException>(() => JsonText.Parse(octets));
                Only<FormatException>(() => ProtobufBody.Parse(octets));
                Only<FormatException>(() => ProtobufBody.Parse([.. "k8s\0"u8, .. octets]));
                Only<FormatException>(() =>
                    ProtobufBody.Parse([.. "k8s\0\x0a\x09\x0a\x02v1\x12\x03Pod\x12"u8, (byte)octets.Length, .. octets])
                );
                Only<FormatException>(() => YamlText.Parse(octets));
            });
        Gen.String[Gen.Char["abselfoldS.()[]&|!=<>'\"0123 ,?:+-*/%in"], 0, 60]
            .Sample(text =>
            {
                Only<CelException>(() => CelParser.Parse(text));
                Only<FormatException>(() => LabelSelector.Parse(text));
                Only<FormatException>(() => JsonPath.Parse(text));
            });
    }

    /// <summary>Runs it; another exception than this one fails the test.</summary>
    private static void Only<T>(Action run)
        where T : Exception
    {
        try
        {
            run();
        }
        catch (T)
        {
            // Refused as it should be.
        }
    }

    /// <summary>Takes valid objects and puts wrong values at any place of them.</summary>
    [Fact]
    public async Task Objects_with_a_wrong_value_anywhere_are_answered_and_never_break_the_server()
    {
        string[] bodies =
        [
            VerbTests.Deployment,
            """{"metadata":{"name":"x","labels":{"a":"b"},"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"n","uid":"u"}],"finalizers":["a/b"]},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1"}}}],"tolerations":[{"key":"k"}]}}""",
            """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80,"targetPort":"http"}],"selector":{"a":"b"}}}""",
            """{"metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}""",
            """{"metadata":{"name":"ws.x.example.com"},"spec":{"group":"x.example.com","scope":"Namespaced","names":{"plural":"ws","kind":"W"},"versions":[{"name":"v1","served":true,"storage":true,"additionalPrinterColumns":[{"name":"a","type":"string","jsonPath":".a"}],"subresources":{"scale":{"specReplicasPath":".spec.r","statusReplicasPath":".status.r"}},"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"string","enum":["x"],"pattern":"x","default":"x"}},"x-kubernetes-validations":[{"rule":"true"}]}}}}}]}}""",
        ];
        string[] paths =
        [
            "/apis/apps/v1/namespaces/default/deployments",
            "/api/v1/namespaces/default/pods",
            "/api/v1/namespaces/default/services",
            "/apis/batch/v1/namespaces/default/jobs",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        ];
        string[] wrong =
        [
            "null",
            "1",
            "-1.5",
            "true",
            "\"\"",
            "\"\\u0000\"",
            "[]",
            "[null]",
            "[1]",
            "{}",
            "{\"a\":null}",
            "1e300",
        ];
        for (var i = 0; i < bodies.Length; i++)
        {
            var places = Places(JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(bodies[i]))!, []).ToList();
            foreach (var place in places)
            {
                var replies = await Task.WhenAll(
                    wrong.Select(value => server.PostAsync(paths[i] + "?dryRun=All", With(bodies[i], place, value)))
                );
                Assert.All(
                    replies,
                    reply =>
                        Assert.True(
                            reply.Code is 201 or 400 or 409 or 422,
                            $"{string.Join('.', place)}: {reply.Code} {reply.Body}"
                        )
                );
            }
        }
    }

    [Fact]
    public async Task Changes_with_a_wrong_value_anywhere_are_answered_and_never_break_the_server()
    {
        var space = await server.MakeNamespaceAsync();
        var deployments = $"/apis/apps/v1/namespaces/{space}/deployments";
        var pods = $"/api/v1/namespaces/{space}/pods";
        (await server.PostAsync(deployments, VerbTests.Deployment)).Expect(201);
        (
            await server.PostAsync(
                pods,
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}"
            )
        ).Expect(201);
        string[] wrong = ["null", "1", "-1.5", "true", "\"\"", "[]", "[null]", "[1]", "{}", "{\"a\":null}", "\"x\""];
        string[] fields =
        [
            "metadata",
            "spec",
            "status",
            "kind",
            "apiVersion",
            "target",
            "deleteOptions",
            "propagationPolicy",
            "preconditions",
            "gracePeriodSeconds",
            "dryRun",
        ];
        string[] inner =
        [
            "name",
            "labels",
            "ownerReferences",
            "finalizers",
            "uid",
            "resourceVersion",
            "replicas",
            "template",
            "selector",
            "containers",
            "conditions",
            "managedFields",
            "deletionTimestamp",
        ];
        var bodies = wrong
            .Concat(fields.SelectMany(f => wrong.Select(w => $"{{\"{f}\":{w}}}")))
            .Concat(
                new[] { "metadata", "spec", "status", "target" }.SelectMany(f =>
                    inner.SelectMany(i => wrong.Select(w => $"{{\"{f}\":{{\"{i}\":{w}}}}}"))
                )
            )
            .ToList();
        (HttpMethod Method, string Path, string Type)[] requests =
        [
            (HttpMethod.Put, $"{deployments}/d", "application/json"),
            (HttpMethod.Patch, $"{deployments}/d", "application/merge-patch+json"),
            (HttpMethod.Patch, $"{deployments}/d", "application/strategic-merge-patch+json"),
            (HttpMethod.Patch, $"{deployments}/d", "application/json-patch+json"),
            (HttpMethod.Patch, $"{deployments}/d?fieldManager=m&force=true", "application/apply-patch+yaml"),
            (HttpMethod.Patch, $"{deployments}/d/status", "application/merge-patch+json"),
            (HttpMethod.Put, $"{deployments}/d/scale", "application/json"),
            (HttpMethod.Patch, $"{deployments}/d/scale", "application/merge-patch+json"),
            (HttpMethod.Post, $"{pods}/p/binding", "application/json"),
            (HttpMethod.Post, $"{pods}/none/eviction", "application/json"),
            (HttpMethod.Delete, $"{pods}/none", "application/json"),
            (HttpMethod.Post, "/apis/authentication.k8s.io/v1/tokenreviews", "application/json"),
            (HttpMethod.Post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", "application/json"),
        ];
        foreach (var (method, path, type) in requests)
        {
            var dry = path + (path.Contains('?') ? "&" : "?") + "dryRun=All";
            var replies = await Task.WhenAll(
                bodies.Select(async body => (body, Reply: await server.SendAsync(method, dry, body, type)))
            );
            Assert.All(
                replies,
                r => Assert.True(r.Reply.Code < 500, $"{method} {path} {r.body}: {r.Reply.Code} {r.Reply.Body}")
            );
        }
        (await server.GetAsync($"{deployments}/d")).Expect(200);
    }

    private static IEnumerable<object[]> Places(System.Text.Json.Nodes.JsonNode node, object[] at)
    {
        if (at.Length > 0)
        {
            yield return at;
        }
        var children = node switch
        {
            System.Text.Json.Nodes.JsonObject item => item.Select(f => ((object)f.Key, f.Value)),
            System.Text.Json.Nodes.JsonArray list => list.Select((entry, i) => ((object)i, entry)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            foreach (var place in child is null ? [] : Places(child, [.. at, key]))
            {
                yield return place;
            }
        }
    }

    private static string With(string body, object[] place, string value)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(body)!;
        var node = root;
        foreach (var step in place[..^1])
        {
            node = step is int index ? node![index] : node![(string)step];
        }
        var wrong = System.Text.Json.Nodes.JsonNode.Parse(value);
        if (place[^1] is int last)
        {
            node![last] = wrong;
        }
        else
        {
            node![(string)place[^1]] = wrong;
        }
        return root.ToJsonString();
    }
}
