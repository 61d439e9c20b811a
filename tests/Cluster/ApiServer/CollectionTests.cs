using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>What goes with its owner, and what goes with its namespace.</summary>
public class CollectionTests(TestServer server) : IClassFixture<TestServer>
{
    private async Task<(string Path, string Uid)> MakeOwnerAsync()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        var owner = (await server.PostAsync(path, """{"metadata":{"name":"owner"}}""")).Expect(201);
        return (path, owner.Text("metadata", "uid")!);
    }

    private static string Owned(string name, string uid, string more = "", string finalizers = "") =>
        $$"""
            {"metadata":{"name":"{{name}}","finalizers":[{{finalizers}}],
            "ownerReferences":[{"apiVersion":"v1","kind":"Secret","name":"owner","uid":"{{uid}}"{{more}} }] } }
            """;

    private Task GoneAsync(string path) =>
        Wait.UntilAsync(async () => (await server.GetAsync(path)).Code == 404, $"{path} is gone");

    [Fact]
    public async Task Background_deletes_the_owner_at_once_and_its_dependents_after_it()
    {
        var (path, uid) = await MakeOwnerAsync();
        var child = (await server.PostAsync(path, Owned("child", uid))).Expect(201);
        (await server.PostAsync(path, Owned("grandchild", child.Text("metadata", "uid")!))).Expect(201);
        (await server.DeleteAsync($"{path}/owner", """{"propagationPolicy":"Background"}""")).Expect(200);
        (await server.GetAsync($"{path}/owner")).Expect(404);
        await GoneAsync($"{path}/child");
        await GoneAsync($"{path}/grandchild");
    }

    [Fact]
    public async Task Foreground_keeps_the_owner_until_its_dependents_are_gone()
    {
        var (path, uid) = await MakeOwnerAsync();
        (await server.PostAsync(path, Owned("child", uid, ",\"blockOwnerDeletion\":true", "\"example.com/f\""))).Expect(
            201
        );
        var held = (await server.DeleteAsync($"{path}/owner?propagationPolicy=Foreground")).Expect(200);
        Assert.Contains("foregroundDeletion", held.Texts("metadata", "finalizers"));
        await Wait.UntilAsync(
            async () =>
                (await server.GetAsync($"{path}/child")).Expect(200).Text("metadata", "deletionTimestamp") is not null,
            "the dependent is being deleted"
        );
        (await server.GetAsync($"{path}/owner")).Expect(200);
        (await server.MergeAsync($"{path}/child", """{"metadata":{"finalizers":[]}}""")).Expect(200);
        await GoneAsync($"{path}/owner");
    }

    [Fact]
    public async Task Orphans_stay_without_their_reference()
    {
        var (path, uid) = await MakeOwnerAsync();
        (await server.PostAsync(path, Owned("child", uid))).Expect(201);
        (await server.DeleteAsync($"{path}/owner", """{"orphanDependents":true}""")).Expect(200);
        await GoneAsync($"{path}/owner");
        Assert.Empty((await server.GetAsync($"{path}/child")).Expect(200).Items("metadata", "ownerReferences"));
    }

    [Fact]
    public async Task An_object_with_another_owner_stays_and_one_of_an_owner_that_never_was_goes()
    {
        var (path, uid) = await MakeOwnerAsync();
        var second = (await server.PostAsync(path, """{"metadata":{"name":"second"}}"""))
            .Expect(201)
            .Text("metadata", "uid");
        var more = $"}},{{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"name\":\"second\",\"uid\":\"{second}\"";
        (await server.PostAsync(path, Owned("shared", uid, more))).Expect(201);
        (await server.PostAsync(path, Owned("late", "00000000-0000-0000-0000-000000000000"))).Expect(201);
        await GoneAsync($"{path}/late");
        (await server.DeleteAsync($"{path}/owner")).Expect(200);
        await Wait.UntilAsync(
            async () =>
                (await server.GetAsync($"{path}/shared")).Expect(200).Items("metadata", "ownerReferences").Count() == 1,
            "the reference is cut"
        );
    }

    [Fact]
    public async Task A_namespace_empties_before_it_goes_and_takes_nothing_new_meanwhile()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(201);
        (await server.PostAsync(path, """{"metadata":{"name":"held","finalizers":["example.com/f"]}}""")).Expect(201);
        var deleted = (await server.DeleteAsync($"/api/v1/namespaces/{space}")).Expect(200);
        Assert.Equal("Terminating", deleted.Text("status", "phase"));
        await GoneAsync($"{path}/a");
        var status = (await server.PostAsync(path, """{"metadata":{"name":"new"}}""")).ExpectError(403, "Forbidden");
        Assert.Contains($"because it is being terminated", status.Text("message"));
        await Wait.UntilAsync(
            async () =>
                (await server.GetAsync($"/api/v1/namespaces/{space}"))
                    .Expect(200)
                    .Items("status", "conditions")
                    .Any(c =>
                        c.Text("type") == "NamespaceFinalizersRemaining" && c.Text("message")!.Contains("example.com/f")
                    ),
            "the namespace says what it waits for"
        );
        (await server.MergeAsync($"{path}/held", """{"metadata":{"finalizers":null}}""")).Expect(200);
        await GoneAsync($"/api/v1/namespaces/{space}");
        (await server.PostAsync("/api/v1/namespaces", $"{{\"metadata\":{{\"name\":\"{space}\"}}}}")).Expect(201);
    }

    [Fact]
    public async Task No_object_outlives_its_namespace_however_late_it_is_made()
    {
        var space = await server.MakeNamespaceAsync();
        var path = $"/api/v1/namespaces/{space}/secrets";
        var makers = Enumerable
            .Range(0, 100)
            .Select(i => server.PostAsync(path, $"{{\"metadata\":{{\"name\":\"s{i}\"}}}}"))
            .Append(server.DeleteAsync($"/api/v1/namespaces/{space}"))
            .ToList();
        var replies = await Task.WhenAll(makers);
        Assert.All(replies, reply => Assert.True(reply.Code is 200 or 201 or 403 or 404, reply.Body));
        await GoneAsync($"/api/v1/namespaces/{space}");
        Assert.Empty((await server.GetAsync(path)).Expect(200).Items("items"));
    }

    [Fact]
    public async Task The_clusters_own_namespaces_stay() =>
        (await server.DeleteAsync("/api/v1/namespaces/kube-system")).ExpectError(403, "Forbidden");

    [Fact]
    public async Task Each_namespace_has_a_service_account_and_the_authoritys_certificate()
    {
        var space = await server.MakeNamespaceAsync();
        await Wait.UntilAsync(
            async () => (await server.GetAsync($"/api/v1/namespaces/{space}/configmaps/kube-root-ca.crt")).Code == 200,
            "kube-root-ca.crt is made"
        );
        (await server.GetAsync($"/api/v1/namespaces/{space}/serviceaccounts/default")).Expect(200);
    }
}
