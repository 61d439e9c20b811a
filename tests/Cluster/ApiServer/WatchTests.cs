using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Watches: no gap, no repeat, and an end that a client can tell.</summary>
public class WatchTests(WatchTests.SmallServer small) : IClassFixture<WatchTests.SmallServer>
{
    /// <summary>Remembers few changes and sends bookmarks soon.</summary>
    public sealed class SmallServer : IAsyncLifetime
    {
        public TestServer Server { get; } =
            new()
            {
                With = options =>
                    options with
                    {
                        WatchHistory = 50,
                        WatchBacklog = 20,
                        BookmarkInterval = TimeSpan.FromMilliseconds(200),
                    },
            };

        public ValueTask InitializeAsync() => Server.InitializeAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private readonly TestServer server = small.Server;

    [Fact]
    public async Task Lists_and_watches_agree_while_many_write()
    {
        await using var wide = new TestServer();
        await wide.InitializeAsync();
        var space = await wide.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        var writers = Enumerable.Range(0, 6).Select(i => WriteAsync(wide, path, i, 40)).ToList();
        // Lists are taken at any moment of the writing; each is watched on from.
        var followers = Enumerable.Range(0, 8).Select(i => FollowAsync(wide, path, i * 15)).ToList();
        await Task.WhenAll(writers);
        (await wide.PostAsync(path, """{"metadata":{"name":"last"}}""")).Expect(201);
        var final = (await wide.GetAsync(path)).Expect(200).Items("items").Select(Shown).Order().ToList();
        foreach (var follower in followers)
        {
            Assert.Equal(final, (await follower).Order());
        }
    }

    private static async Task WriteAsync(TestServer server, string path, int writer, int rounds)
    {
        var random = new Random(writer);
        for (var i = 0; i < rounds; i++)
        {
            var name = $"s{random.Next(12)}";
            switch (random.Next(3))
            {
                case 0:
                    await server.PostAsync(path, $"{{\"metadata\":{{\"name\":\"{name}\"}}}}");
                    break;
                case 1:
                    await server.MergeAsync(
                        $"{path}/{name}",
                        $"{{\"metadata\":{{\"labels\":{{\"w\":\"{writer}-{i}\"}}}}}}"
                    );
                    break;
                default:
                    await server.DeleteAsync($"{path}/{name}");
                    break;
            }
        }
    }

    /// <summary>Lists, watches on until "last" comes, and gives what is then there.</summary>
    private static async Task<List<string>> FollowAsync(TestServer server, string path, int delay)
    {
        await Task.Delay(delay);
        var list = (await server.GetAsync(path)).Expect(200);
        var seen = list.Items("items").ToDictionary(i => i.Text("metadata", "name")!, i => i);
        var version = long.Parse(list.Text("metadata", "resourceVersion")!);
        await using var watch = await WatchStream.OpenAsync(server, $"{path}?watch=true&resourceVersion={version}");
        while (!seen.ContainsKey("last"))
        {
            var change = Assert.IsType<JsonObject>(await watch.NextAsync());
            var item = change["object"]!.AsObject();
            var name = item.Text("metadata", "name")!;
            var next = long.Parse(item.Text("metadata", "resourceVersion")!);
            Assert.True(next > version, $"{next} after {version}");
            version = next;
            switch (change.Text("type"))
            {
                case "ADDED":
                    Assert.DoesNotContain(name, seen.Keys);
                    seen[name] = item;
                    break;
                case "MODIFIED":
                    Assert.Contains(name, seen.Keys);
                    seen[name] = item;
                    break;
                default:
                    Assert.Equal("DELETED", change.Text("type"));
                    Assert.True(seen.Remove(name));
                    break;
            }
        }
        return [.. seen.Values.Select(Shown)];
    }

    private static string Shown(JsonObject item) =>
        $"{item.Text("metadata", "name")} {item.Text("metadata", "uid")} {item.Text("metadata", "resourceVersion")}";

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_is_there()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        await using var watch = await WatchStream.OpenAsync(server, $"{path}?watch=1");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        (await server.PostAsync(path, """{"metadata":{"name":"b"}}""")).Expect(201);
        Assert.Equal("ADDED b", await watch.NextNameAsync());
        (await server.DeleteAsync($"{path}/a")).Expect(200);
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_false_is_a_list_and_a_name_watches_one()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        (await server.PostAsync(path, """{"metadata":{"name":"b"}}""")).Expect(201);
        Assert.Equal("SecretList", (await server.GetAsync($"{path}?watch=false")).Expect(200).Text("kind"));
        await using var watch = await WatchStream.OpenAsync(
            server,
            $"{path}?watch=true&fieldSelector=metadata.name%3Db&timeoutSeconds=1"
        );
        Assert.Equal("ADDED b", await watch.NextNameAsync());
        Assert.Equal("end", await watch.NextNameAsync());
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_for_the_watcher_as_it_last_was()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        await using var watch = await WatchStream.OpenAsync(server, $"{path}?watch=true&labelSelector=x%3D1");
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        (await server.MergeAsync($"{path}/a", """{"metadata":{"labels":{"x":"1"}}}""")).Expect(200);
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        var left = (await server.MergeAsync($"{path}/a", """{"metadata":{"labels":{"x":"2"}}}""")).Expect(200);
        var gone = await watch.NextAsync();
        Assert.Equal("DELETED", gone.Text("type"));
        Assert.Equal("1", gone.Text("object", "metadata", "labels", "x"));
        Assert.Equal(left.Text("metadata", "resourceVersion"), gone.Text("object", "metadata", "resourceVersion"));
    }

    [Fact]
    public async Task A_version_that_is_no_longer_held_is_gone()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        var first = (await server.PostAsync(path, """{"metadata":{"name":"a"}}"""))
            .Expect(201)
            .Text("metadata", "resourceVersion");
        for (var i = 0; i < 60; i++) // the server remembers 50
        {
            (await server.MergeAsync($"{path}/a", $"{{\"metadata\":{{\"labels\":{{\"i\":\"{i}\"}}}}}}")).Expect(200);
        }
        foreach (var version in new[] { first, "99999999" })
        {
            await using var watch = await WatchStream.OpenAsync(server, $"{path}?watch=true&resourceVersion={version}");
            var error = await watch.NextAsync();
            Assert.Equal("ERROR", error.Text("type"));
            Assert.Equal(410, error.Whole("object", "code"));
            Assert.Equal("Expired", error.Text("object", "reason"));
            Assert.Equal("end", await watch.NextNameAsync());
        }
    }

    [Fact]
    public async Task Bookmarks_come_in_silence_and_after_the_initial_events()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        await using var watch = await WatchStream.OpenAsync(
            server,
            $"{path}?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        );
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        var end = await watch.NextAsync();
        Assert.Equal("BOOKMARK", end.Text("type"));
        Assert.Equal("true", end.Text("object", "metadata", "annotations", "k8s.io/initial-events-end"));
        Assert.Equal("Secret", end.Text("object", "kind"));
        // A change elsewhere moves the bookmark on.
        var elsewhere = (
            await server.PostAsync("/api/v1/namespaces", """{"metadata":{"generateName":"other-"}}""")
        ).Expect(201);
        var moved = long.Parse(elsewhere.Text("metadata", "resourceVersion")!);
        JsonObject? mark;
        do
        {
            mark = await watch.NextAsync();
            Assert.Equal("BOOKMARK", mark.Text("type"));
        } while (long.Parse(mark.Text("object", "metadata", "resourceVersion")!) < moved);
        Assert.Null(mark.At("object", "metadata", "annotations"));
    }

    [Fact]
    public async Task A_watch_gives_tables_to_who_wants_them()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        await using var watch = await WatchStream.OpenAsync(
            server,
            $"{path}?watch=true",
            "application/json;as=Table;v=v1;g=meta.k8s.io"
        );
        var first = await watch.NextAsync();
        Assert.Equal("Table", first.Text("object", "kind"));
        Assert.NotEmpty(first.Items("object", "columnDefinitions"));
        Assert.Equal("a", first!["object"]!["rows"]![0]!["cells"]![0].Text());
    }

    [Fact]
    public void A_watcher_that_does_not_read_is_cut_and_holds_nobody_up()
    {
        var watch = new ObjectWatch(_ => true, backlog: 3);
        var item = new StoredObject("things", new ObjectKey("", "a"), 1, """{"metadata":{}}"""u8.ToArray());
        var change = new ObjectChange(item, null, Deleted: false);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => watch.Offer(change)));
        Assert.Equal(3, watch.Changes.Count);
        Assert.False(watch.Offer(change));
    }
}
