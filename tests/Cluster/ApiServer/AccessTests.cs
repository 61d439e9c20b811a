using System.Net;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Who is let in.</summary>
public class AccessTests(AccessTests.TokenServer tokens) : IClassFixture<AccessTests.TokenServer>
{
    /// <summary>A server with a token file.</summary>
    public sealed class TokenServer : IAsyncLifetime
    {
        public TokenServer()
        {
            File = Path.GetTempFileName();
            System.IO.File.WriteAllText(
                File,
                "# token,user,uid,groups\nsecret1,kubelet-1,7,\"system:masters,nodes\"\nsecret2,guest,8\n\n,,\n"
            );
            Server = new TestServer { With = options => options with { TokenFile = File } };
        }

        public string File { get; }

        public TestServer Server { get; }

        public ValueTask InitializeAsync() => Server.InitializeAsync();

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            System.IO.File.Delete(File);
        }
    }

    private readonly TestServer server = tokens.Server;

    private async Task<(int Code, string Body)> GetAsync(HttpClient client, string path = "/api/v1/namespaces")
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("nonsense", 401)]
    [InlineData("secret1", 200)]
    [InlineData("secret2", 403)]
    public async Task By_token(string? token, int code)
    {
        using var client = server.MakeClient(token);
        var (given, body) = await GetAsync(client);
        Assert.Equal(code, given);
        Assert.Equal(code != 200, body.Contains("\"kind\":\"Status\"", StringComparison.Ordinal));
        Assert.Equal(200, (await GetAsync(client, "/readyz")).Code);
        Assert.Equal(200, (await GetAsync(client, "/version")).Code);
    }

    [Fact]
    public async Task By_certificate_of_the_clusters_own_authority()
    {
        using var admin = server.Server.Ca.IssueClient("alice", "system:masters");
        using var client = server.MakeClient(null, admin);
        Assert.Equal(200, (await GetAsync(client)).Code);
        using var guest = server.Server.Ca.IssueClient("bob", "guests");
        using var second = server.MakeClient(null, guest);
        var (code, body) = await GetAsync(second);
        Assert.Equal(403, code);
        Assert.Contains("bob", body);
        var folder = Directory.CreateTempSubdirectory("tombolo-ca-");
        try
        {
            using var other = ClusterCa.Open(folder.FullName, TimeProvider.System);
            using var foreign = other.IssueClient("mallory", "system:masters");
            using var third = server.MakeClient(null, foreign);
            Assert.Equal(401, (await GetAsync(third)).Code);
            using var serving = server.Server.Ca.IssueServer("server", ["localhost"]);
            using var fourth = server.MakeClient(null, serving); // for servers only
            Assert.Equal(401, (await GetAsync(fourth)).Code);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_new_token_counts_when_the_file_changes()
    {
        using var client = server.MakeClient("secret3");
        Assert.Equal(401, (await GetAsync(client)).Code);
        await File.AppendAllTextAsync(
            tokens.File,
            "secret3,late,9,system:masters\n",
            TestContext.Current.CancellationToken
        );
        File.SetLastWriteTimeUtc(tokens.File, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(200, (await GetAsync(client)).Code);
    }

    [Fact]
    public async Task Reviews_say_who_and_whether()
    {
        var review = (
            await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", """{"spec":{"token":"secret1"}}""")
        ).Expect(201);
        Assert.True(review.Truth("status", "authenticated"));
        Assert.Equal("kubelet-1", review.Text("status", "user", "username"));
        review = (
            await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", """{"spec":{"token":"no"}}""")
        ).Expect(201);
        Assert.False(review.Truth("status", "authenticated"));
        review = (
            await server.PostAsync(
                "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                """{"spec":{"user":"x","groups":["guests"]}}"""
            )
        ).Expect(201);
        Assert.False(review.Truth("status", "allowed"));
        review = (await server.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{}")).Expect(201);
        Assert.True(review.Truth("status", "allowed"));
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void Secrets_are_readable_by_their_owner_only()
    {
        foreach (var name in new[] { "data/pki/ca.key", "data/pki/admin.token", "kubeconfig" })
        {
            var mode = File.GetUnixFileMode(Path.Combine(server.Folder, name));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }
}
