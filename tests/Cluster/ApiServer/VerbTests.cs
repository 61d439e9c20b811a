using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Create, read, change, delete: what Kubernetes' clients rely on.</summary>
public class VerbTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_new_object_has_what_the_server_gives()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        var made = (
            await server.PostAsync(path, """{"metadata":{"generateName":"a-","uid":"mine"},"data":{}}""")
        ).Expect(201);
        Assert.Equal("ConfigMap", made.Text("kind"));
        Assert.Equal("v1", made.Text("apiVersion"));
        Assert.Matches("^a-[a-z0-9]{5}$", made.Text("metadata", "name"));
        Assert.Equal(space, made.Text("metadata", "namespace"));
        Assert.NotEqual("mine", made.Text("metadata", "uid"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", made.Text("metadata", "creationTimestamp"));
        var got = (await server.GetAsync($"{path}/{made.Text("metadata", "name")}")).Expect(200);
        Assert.True(JsonNode.DeepEquals(made, got));
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_missing_object_is_not_found()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        (await server.PostAsync(path, TestServer.ConfigMap("a"))).Expect(201);
        var status = (await server.PostAsync(path, TestServer.ConfigMap("a"))).ExpectError(409, "AlreadyExists");
        Assert.Equal("configmaps \"a\" already exists", status.Text("message"));
        status = (await server.GetAsync($"{path}/b")).ExpectError(404, "NotFound");
        Assert.Equal("configmaps \"b\" not found", status.Text("message"));
        (await server.PutAsync($"{path}/b", TestServer.ConfigMap("b"))).ExpectError(404, "NotFound");
        (await server.DeleteAsync($"{path}/b")).ExpectError(404, "NotFound");
    }

    [Fact]
    public async Task A_stale_resourceVersion_is_a_conflict_and_none_is_not()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        var first = (await server.PostAsync(path, TestServer.ConfigMap("a"))).Expect(201);
        var version = first.Text("metadata", "resourceVersion");
        var pinned = $",\"resourceVersion\":\"{version}\",\"labels\":{{\"x\":\"1\"}}";
        var second = (await server.PutAsync($"{path}/a", TestServer.ConfigMap("a", pinned))).Expect(200);
        Assert.NotEqual(version, second.Text("metadata", "resourceVersion"));
        var status = (await server.PutAsync($"{path}/a", TestServer.ConfigMap("a", pinned))).ExpectError(
            409,
            "Conflict"
        );
        Assert.Contains("please apply your changes to the latest version", status.Text("message"));
        (await server.PutAsync($"{path}/a", TestServer.ConfigMap("a"))).Expect(200);
        (await server.MergeAsync($"{path}/a", $"{{\"metadata\":{{\"resourceVersion\":\"{version}\"}}}}")).ExpectError(
            409,
            "Conflict"
        );
        (await server.DeleteAsync($"{path}/a", """{"preconditions":{"uid":"other"}}""")).ExpectError(409, "Conflict");
        (
            await server.DeleteAsync($"{path}/a", $"{{\"preconditions\":{{\"resourceVersion\":\"{version}\"}}}}")
        ).ExpectError(409, "Conflict");
        (
            await server.DeleteAsync(
                $"{path}/a",
                $"{{\"preconditions\":{{\"uid\":\"{first.Text("metadata", "uid")}\"}}}}"
            )
        ).Expect(200);
    }

    [Fact]
    public async Task A_write_that_changes_nothing_makes_no_new_version()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        var made = (await server.PostAsync(path, TestServer.ConfigMap("a"))).Expect(201);
        var same = (await server.MergeAsync($"{path}/a", """{"data":{"k":"v"}}""")).Expect(200);
        Assert.Equal(made.Text("metadata", "resourceVersion"), same.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Of_many_writers_at_once_none_is_lost()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        (await server.PostAsync(path, TestServer.ConfigMap("a"))).Expect(201);
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async i =>
                    (await server.MergeAsync($"{path}/a", $"{{\"data\":{{\"k{i}\":\"v\"}}}}")).Expect(200)
                )
        );
        var all = (await server.GetAsync($"{path}/a")).Expect(200);
        Assert.Equal(41, all["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_does_not_do_it()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        (await server.PostAsync($"{path}?dryRun=All", TestServer.ConfigMap("a"))).Expect(201);
        (await server.GetAsync($"{path}/a")).ExpectError(404, "NotFound");
        (await server.PostAsync(path, TestServer.ConfigMap("a"))).Expect(201);
        (await server.PostAsync($"{path}?dryRun=All", TestServer.ConfigMap("a"))).ExpectError(409, "AlreadyExists");
        var would = (
            await server.SendAsync(
                HttpMethod.Patch,
                $"{path}/a?dryRun=All",
                """{"data":{"k":"w"}}""",
                "application/merge-patch+json"
            )
        ).Expect(200);
        Assert.Equal("w", would.Text("data", "k"));
        (await server.DeleteAsync($"{path}/a?dryRun=All")).Expect(200);
        Assert.Equal("v", (await server.GetAsync($"{path}/a")).Expect(200).Text("data", "k"));
        (await server.PostAsync($"{path}?dryRun=some", TestServer.ConfigMap("b"))).ExpectError(400, "BadRequest");
    }

    [Theory]
    [InlineData("Strict", 400)]
    [InlineData("Warn", 201)]
    [InlineData("Ignore", 201)]
    public async Task Unknown_fields_are_refused_warned_of_or_dropped(string validation, int code)
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps?fieldValidation={validation}";
        var reply = await server.PostAsync(
            path,
            """{"metadata":{"name":"a","nmae":1},"dtaa":{},"data":{"k":"1","k":"2"}}"""
        );
        var body = reply.Expect(code);
        if (code == 400)
        {
            Assert.Equal(
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                    + " unknown field \"metadata.nmae\", unknown field \"dtaa\", duplicate field \"data.k\"",
                body.Text("message")
            );
            return;
        }
        Assert.Null(body["dtaa"]);
        Assert.Equal("2", body.Text("data", "k"));
        Assert.Equal(validation == "Warn" ? 3 : 0, reply.Warnings.Count);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"A"}}""", 422)]
    [InlineData("""{"metadata":{}}""", 422)]
    [InlineData("""{"metadata":{"name":"a","labels":{"-":"x"}}}""", 422)]
    [InlineData("""{"metadata":{"name":"a","labels":{"x":" "}}}""", 422)]
    [InlineData("""{"metadata":{"name":"a","labels":{"x":1}}}""", 400)]
    [InlineData("""{"metadata":{"name":"a"},"data":{"k":1}}""", 400)]
    [InlineData("""{"metadata":{"name":"a"},"data":[]}""", 400)]
    [InlineData("""{"metadata":[]}""", 400)]
    [InlineData("""{"metadata":{"name":"a","namespace":"other"}}""", 400)]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"}}""", 400)]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}""", 400)]
    [InlineData("""[]""", 400)]
    [InlineData("""{"a":""", 400)]
    [InlineData("", 400)]
    [InlineData("\"\\ud800\"", 400)]
    public async Task Wrong_bodies_are_refused_with_a_status(string body, int code)
    {
        var space = await server.MakeNamespaceAsync();
        var reply = await server.PostAsync($"/api/v1/namespaces/{space}/configmaps", body);
        reply.ExpectError(code, code == 422 ? "Invalid" : "BadRequest");
    }

    [Fact]
    public async Task Too_deep_too_large_or_of_another_type_is_refused()
    {
        var path = "/api/v1/namespaces/default/configmaps";
        (await server.PostAsync(path, new string('[', 1000))).ExpectError(400, "BadRequest");
        (await server.PostAsync(path, new string(' ', 4 << 20))).ExpectError(413, "RequestEntityTooLarge");
        (await server.SendAsync(HttpMethod.Post, path, "x", "application/xml")).ExpectError(
            415,
            "UnsupportedMediaType"
        );
        (await server.SendAsync(HttpMethod.Post, path, "k8s", "application/vnd.kubernetes.protobuf")).ExpectError(
            400,
            "BadRequest"
        );
        (await server.SendAsync(HttpMethod.Post, path, "a: [", "application/yaml")).ExpectError(400, "BadRequest");
    }

    [Fact]
    public async Task Yaml_is_read_as_json()
    {
        var space = await server.MakeNamespaceAsync();
        var yaml = "metadata: {name: a}\ndata:\n  k: \"1\"\n  t: 'true'\nimmutable: true\n";
        var made = (
            await server.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{space}/configmaps", yaml, "application/yaml")
        ).Expect(201);
        Assert.Equal("1", made.Text("data", "k"));
        Assert.True(made.Truth("immutable"));
    }

    [Fact]
    public async Task A_namespace_must_be_there()
    {
        var status = (
            await server.PostAsync("/api/v1/namespaces/none/configmaps", TestServer.ConfigMap("a"))
        ).ExpectError(404, "NotFound");
        Assert.Equal("namespaces \"none\" not found", status.Text("message"));
        (await server.GetAsync("/api/v1/nonsense")).ExpectError(404, "NotFound");
        (await server.GetAsync("/apis/none.example.com/v1/things")).ExpectError(404, "NotFound");
        (await server.SendAsync(HttpMethod.Put, "/api/v1/namespaces/default/configmaps", "{}")).ExpectError(
            405,
            "MethodNotAllowed"
        );
    }

    [Fact]
    public async Task A_deployment_counts_generations_of_its_spec_only_and_keeps_its_status_apart()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{space}/deployments";
        var made = (await server.PostAsync(path, Deployment)).Expect(201);
        Assert.Equal(1, made.Whole("metadata", "generation"));
        Assert.Equal("25%", made.Text("spec", "strategy", "rollingUpdate", "maxSurge"));
        Assert.Null(made["status"]);
        var scaled = (
            await server.MergeAsync($"{path}/d", """{"spec":{"replicas":3},"status":{"replicas":9}}""")
        ).Expect(200);
        Assert.Equal(2, scaled.Whole("metadata", "generation"));
        Assert.Null(scaled["status"]);
        var status = (
            await server.MergeAsync($"{path}/d/status", """{"spec":{"replicas":7},"status":{"replicas":3}}""")
        ).Expect(200);
        Assert.Equal(2, status.Whole("metadata", "generation"));
        Assert.Equal(3, status.Whole("spec", "replicas"));
        Assert.Equal(3, status.Whole("status", "replicas"));
        var scale = (await server.MergeAsync($"{path}/d/scale", """{"spec":{"replicas":5}}""")).Expect(200);
        Assert.Equal("Scale", scale.Text("kind"));
        Assert.Equal(5, scale.Whole("spec", "replicas"));
        Assert.Equal("app=d", scale.Text("status", "selector"));
        (await server.MergeAsync($"{path}/d", """{"spec":{"selector":{"matchLabels":{"app":"e"}}}}""")).ExpectError(
            422,
            "Invalid"
        );
        (await server.MergeAsync($"{path}/d/scale", """{"spec":{"replicas":-1}}""")).ExpectError(422, "Invalid");
    }

    public const string Deployment = """
        {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},
        "spec":{"containers":[{"name":"c","image":"i"}]}}}}
        """;

    [Fact]
    public async Task A_pod_gets_defaults_is_bound_once_and_waits_for_its_kubelet_to_go()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/pods";
        var pod = (
            await server.PostAsync(
                path,
                """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""
            )
        ).Expect(201);
        Assert.Equal("Always", pod.Text("spec", "restartPolicy"));
        Assert.Equal(30, pod.Whole("spec", "terminationGracePeriodSeconds"));
        Assert.Equal("default", pod.Text("spec", "serviceAccountName"));
        Assert.Equal("Pending", pod.Text("status", "phase"));
        const string Binding = """{"apiVersion":"v1","kind":"Binding","target":{"kind":"Node","name":"n1"}}""";
        (await server.PostAsync($"{path}/p/binding", Binding)).Expect(201);
        (await server.PostAsync($"{path}/p/binding", Binding)).ExpectError(409, "Conflict");
        var bound = (await server.GetAsync($"{path}?fieldSelector=spec.nodeName=n1")).Expect(200);
        Assert.Single(bound.Items("items"));
        (await server.MergeAsync($"{path}/p", """{"spec":{"nodeName":"n2"}}""")).ExpectError(422, "Invalid");

        var deleted = (await server.DeleteAsync($"{path}/p")).Expect(200);
        Assert.Equal(30, deleted.Whole("metadata", "deletionGracePeriodSeconds"));
        var sooner = (await server.DeleteAsync($"{path}/p", """{"gracePeriodSeconds":5}""")).Expect(200);
        Assert.Equal(5, sooner.Whole("metadata", "deletionGracePeriodSeconds"));
        Assert.Equal(
            5,
            (await server.DeleteAsync($"{path}/p")).Expect(200).Whole("metadata", "deletionGracePeriodSeconds")
        );
        (await server.DeleteAsync($"{path}/p", """{"gracePeriodSeconds":0}""")).Expect(200);
        (await server.GetAsync($"{path}/p")).ExpectError(404, "NotFound");
    }

    [Fact]
    public async Task Lists_are_selected_by_labels_and_fields()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        foreach (var (name, label) in new[] { ("a", "1"), ("b", "2"), ("c", "3") })
        {
            (await server.PostAsync(path, TestServer.ConfigMap(name, $",\"labels\":{{\"x\":\"{label}\"}}"))).Expect(
                201
            );
        }
        async Task<string> NamesAsync(string query) =>
            string.Join(
                ',',
                (await server.GetAsync($"{path}?{query}"))
                    .Expect(200)
                    .Items("items")
                    .Select(i => i.Text("metadata", "name"))
                    .Where(n => n != "kube-root-ca.crt")
            );
        Assert.Equal("a", await NamesAsync("labelSelector=x%3D1"));
        Assert.Equal("b,c", await NamesAsync("labelSelector=x%21%3D1%2Cx"));
        Assert.Equal("a,b", await NamesAsync("labelSelector=x+in+(1,2)"));
        Assert.Equal("c", await NamesAsync("labelSelector=x%3E2"));
        Assert.Equal("", await NamesAsync("labelSelector=!x&fieldSelector=metadata.name%3Da"));
        Assert.Equal("b", await NamesAsync("fieldSelector=metadata.name%3Db"));
        (await server.GetAsync($"{path}?fieldSelector=data.k%3Db")).ExpectError(400, "BadRequest");
        (await server.GetAsync($"{path}?labelSelector=x+in+1")).ExpectError(400, "BadRequest");
    }

    [Fact]
    public async Task Chunks_of_a_list_show_one_moment()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        for (var i = 0; i < 7; i++)
        {
            (await server.PostAsync(path, $"{{\"metadata\":{{\"name\":\"s{i}\"}}}}")).Expect(201);
        }
        var chunk = (await server.GetAsync($"{path}?limit=3")).Expect(200);
        var version = chunk.Text("metadata", "resourceVersion");
        Assert.Equal(4, chunk.Whole("metadata", "remainingItemCount"));
        (await server.DeleteAsync($"{path}/s5")).Expect(200);
        var names = chunk.Items("items").Select(i => i.Text("metadata", "name")).ToList();
        while (chunk.Text("metadata", "continue") is { } token)
        {
            chunk = (await server.GetAsync($"{path}?limit=3&continue={token}")).Expect(200);
            Assert.Equal(version, chunk.Text("metadata", "resourceVersion"));
            names.AddRange(chunk.Items("items").Select(i => i.Text("metadata", "name")));
        }
        Assert.Equal(["s0", "s1", "s2", "s3", "s4", "s5", "s6"], names);
        (await server.GetAsync($"{path}?continue=nonsense")).ExpectError(400, "BadRequest");
        (await server.GetAsync($"{path}?resourceVersion=1&resourceVersionMatch=Exact")).ExpectError(410, "Expired");
        (await server.GetAsync($"{path}?resourceVersion=99999999")).ExpectError(504, "Timeout");
        (await server.DeleteAsync($"{path}?labelSelector=none")).Expect(200);
        (await server.DeleteAsync(path)).Expect(200);
        Assert.Empty((await server.GetAsync(path)).Expect(200).Items("items"));
    }

    [Fact]
    public async Task Finalizers_hold_a_deleted_object()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/configmaps";
        (await server.PostAsync(path, TestServer.ConfigMap("a", ",\"finalizers\":[\"example.com/f\"]"))).Expect(201);
        var held = (await server.DeleteAsync($"{path}/a")).Expect(200);
        Assert.NotNull(held.Text("metadata", "deletionTimestamp"));
        (await server.GetAsync($"{path}/a")).Expect(200);
        (
            await server.MergeAsync($"{path}/a", """{"metadata":{"finalizers":["example.com/f","example.com/g"]}}""")
        ).ExpectError(422, "Invalid");
        (await server.MergeAsync($"{path}/a", """{"metadata":{"finalizers":null}}""")).Expect(200);
        (await server.GetAsync($"{path}/a")).ExpectError(404, "NotFound");
    }

    [Fact]
    public async Task Events_are_one_store_under_two_groups()
    {
        var space = await server.MakeNamespaceAsync();
        var body = """
            {"metadata":{"name":"e"},"regarding":{"kind":"Pod","name":"p"},"note":"hello","reason":"R","type":"Normal",
            "reportingController":"me","reportingInstance":"me-1","action":"Do","eventTime":"2026-01-02T03:04:05.000006Z"}
            """;
        (await server.PostAsync($"/apis/events.k8s.io/v1/namespaces/{space}/events", body)).Expect(201);
        var list = (
            await server.GetAsync($"/api/v1/namespaces/{space}/events?fieldSelector=involvedObject.name%3Dp")
        ).Expect(200);
        var core = Assert.Single(list.Items("items"));
        Assert.Equal("hello", core.Text("message"));
        Assert.Equal("v1", core.Text("apiVersion"));
        var other = (
            await server.GetAsync($"/apis/events.k8s.io/v1/namespaces/{space}/events?fieldSelector=regarding.name%3Dp")
        ).Expect(200);
        Assert.Equal("hello", Assert.Single(other.Items("items")).Text("note"));
    }

    [Fact]
    public async Task Tables_and_metadata_alone_are_given_when_asked_for()
    {
        var table = (
            await server.GetAsync("/api/v1/namespaces", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
        ).Expect(200);
        Assert.Equal("Table", table.Text("kind"));
        Assert.Equal(["Name", "Status", "Age"], table.Items("columnDefinitions").Select(c => c.Text("name")));
        Assert.Contains(
            table.Items("rows"),
            row => row["cells"]![0].Text() == "default" && row.Text("object", "kind") == "PartialObjectMetadata"
        );
        var partial = (
            await server.GetAsync(
                "/api/v1/namespaces/default",
                "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
            )
        ).Expect(200);
        Assert.Equal("PartialObjectMetadata", partial.Text("kind"));
        Assert.Null(partial["spec"]);
        var json = (
            await server.GetAsync("/api/v1/namespaces/default", "application/vnd.kubernetes.protobuf,application/json")
        ).Expect(200);
        Assert.Equal("Namespace", json.Text("kind"));
    }
}
