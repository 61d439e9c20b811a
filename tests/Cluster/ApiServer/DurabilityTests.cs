using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>What was answered is kept, and a disk that refuses breaks nothing.</summary>
public class DurabilityTests
{
    [Fact]
    public async Task A_restart_goes_on_where_it_stopped()
    {
        await using var server = new TestServer();
        await server.StartAsync();
        const string Path = "/api/v1/namespaces/default/secrets";
        const string Crd = """
            {"metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"things","kind":"Thing"},
            "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """;
        (await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Crd)).Expect(201);
        (
            await server.PostAsync(
                "/apis/example.com/v1/things",
                """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"}}"""
            )
        ).Expect(201);
        var old = (await server.PostAsync(Path, """{"metadata":{"name":"a"}}"""))
            .Expect(201)
            .Text("metadata", "resourceVersion");
        (await server.PostAsync(Path, """{"metadata":{"name":"b"}}""")).Expect(201);
        (await server.DeleteAsync($"{Path}/b")).Expect(200);
        await Wait.UntilAsync(
            async () => (await server.GetAsync("/api/v1/namespaces/default/configmaps/kube-root-ca.crt")).Code == 200,
            "settled"
        );
        var before = (await server.GetAsync(Path)).Expect(200);
        var token = server.Server.AdminToken;

        await server.StopAsync();
        await server.StartAsync();

        Assert.Equal(token, server.Server.AdminToken);
        var after = (await server.GetAsync(Path)).Expect(200);
        Assert.Equal(before["items"]!.ToJsonString(), after["items"]!.ToJsonString());
        var version = before.Text("metadata", "resourceVersion")!;
        Assert.Equal(version, after.Text("metadata", "resourceVersion"));
        (await server.GetAsync("/apis/example.com/v1/things/t")).Expect(200);
        await using (var gone = await WatchStream.OpenAsync(server, $"{Path}?watch=true&resourceVersion={old}"))
        {
            Assert.Equal(410, (await gone.NextAsync()).Whole("object", "code"));
        }
        await using var goesOn = await WatchStream.OpenAsync(server, $"{Path}?watch=true&resourceVersion={version}");
        var made = (await server.PostAsync(Path, """{"metadata":{"name":"c"}}""")).Expect(201);
        Assert.Equal("ADDED c", await goesOn.NextNameAsync());
        Assert.True(long.Parse(made.Text("metadata", "resourceVersion")!) > long.Parse(version));
    }

    [Fact]
    public async Task A_full_database_refuses_writes_and_takes_them_again_when_there_is_room()
    {
        await using var server = new TestServer { With = options => options with { DatabaseQuota = 1 << 20 } };
        await server.StartAsync();
        const string Path = "/api/v1/namespaces/default/configmaps";
        var large = new string('x', 100_000);
        string Body(int i) => $"{{\"metadata\":{{\"name\":\"c{i}\"}},\"data\":{{\"k\":\"{large}\"}}}}";
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => server.PostAsync(Path, Body(i))));
        Assert.All(replies, reply => Assert.True(reply.Code is 201 or 500, reply.Body));
        var refused = Enumerable.Range(0, 100).Select(i => i + 20);
        Reply? full = null;
        foreach (var i in refused)
        {
            full = await server.PostAsync(Path, Body(i));
            if (full.Code != 201)
            {
                break;
            }
        }
        Assert.NotNull(full);
        Assert.Contains("database or disk is full", full.ExpectError(500, "InternalError").Text("message"));
        // Nothing of a refused write is seen, and reading goes on.
        var list = (await server.GetAsync(Path))
            .Expect(200)
            .Items("items")
            .Select(i => i.Text("metadata", "name")!)
            .ToList();
        var answered = replies.Count(reply => reply.Code == 201);
        Assert.True(list.Count >= answered);
        foreach (var name in list.Where(name => name.StartsWith('c')).Take(3))
        {
            (await server.DeleteAsync($"{Path}/{name}")).Expect(200);
        }
        (await server.PostAsync(Path, Body(900))).Expect(201);
    }

    [Fact]
    public async Task Writes_that_come_together_share_a_commit()
    {
        var folder = Directory.CreateTempSubdirectory("tombolo-store-");
        try
        {
            var database = new ObjectDatabase(Path.Combine(folder.FullName, "o.db"), 1L << 30);
            await using var store = new ObjectStore(
                database,
                1000,
                1000,
                Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
            );
            var cancel = TestContext.Current.CancellationToken;
            Write Create(string name) =>
                new(
                    "things",
                    new ObjectKey("", name),
                    0,
                    new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = name } }
                );
            // Two of one name in whatever batch: exactly one wins.
            var results = await Task.WhenAll(
                Enumerable.Range(0, 400).Select(i => store.WriteAsync(Create($"n{i / 2}"), cancel))
            );
            Assert.Equal(200, results.Count(r => r.Outcome == WriteOutcome.Committed));
            Assert.Equal(200, results.Count(r => r.Outcome == WriteOutcome.Conflict));
            Assert.Equal(201, store.Revision);
            var revisions = results.Where(r => r.Outcome == WriteOutcome.Committed).Select(r => r.Object!.Revision);
            Assert.Equal(Enumerable.Range(2, 200).Select(i => (long)i), revisions.Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
