using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Tombolo.Api.Kinds;
using Tombolo.Api.Schema;
using Tombolo.Cluster.ApiServer;
using Tombolo.Kube;
using Tombolo.Tests.Cluster.ApiServer;

namespace Tombolo.Tests.KubeClient;

public sealed class InformerTests : IAsyncLifetime
{
    private readonly TestServer server = new()
    {
        With = options => options with { BookmarkInterval = TimeSpan.FromMilliseconds(50) },
    };
    private readonly Complaints log = new();
    private readonly CancellationTokenSource stop = new();
    private KubeApi? api;

    private KubeApi Api => api ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        using var crd = new StringContent(
            CustomResourceDefinition.Of(typeof(Subnet)).ToJsonString(),
            Encoding.UTF8,
            "application/json"
        );
        var made = await server.Client.PostAsync(
            new Uri("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative),
            crd,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        api = KubeApi.From(server.KubeconfigPath);
    }

    [Fact]
    public async Task Bookmarks_of_a_kind_with_required_fields_break_no_watch()
    {
        var informer = new Informer<Subnet>(Api, log);
        var running = informer.RunAsync(stop.Token);
        await informer.Synced;
        var heard = informer.LastHeard;
        for (var times = 0; times < 5; times++)
        {
            await Wait.UntilAsync(() => informer.LastHeard > heard, "a bookmark");
            heard = informer.LastHeard;
        }
        Assert.Empty(log.Said);
        await StopAsync(running);
    }

    [Fact]
    public async Task Mirrors_what_comes_changes_and_goes()
    {
        var informer = new Informer<Subnet>(Api, log);
        var changes = new ConcurrentQueue<(string?, string?)>();
        informer.Changed += (old, now) => changes.Enqueue((old?.Spec.Cidr, now?.Spec.Cidr));
        var running = informer.RunAsync(stop.Token);
        await informer.Synced;
        var cancel = TestContext.Current.CancellationToken;
        var made = await Api.CreateAsync(Net("10.0.0.0/24"), cancel);
        await Api.UpdateAsync(made with { Spec = new SubnetSpec { Cidr = "10.0.0.0/16" } }, cancel);
        await Api.DeleteAsync<Subnet>("default", "net", null, cancel);
        await Wait.UntilAsync(() => changes.Count == 3, "three changes");
        Assert.Equal([(null, "10.0.0.0/24"), ("10.0.0.0/24", "10.0.0.0/16"), ("10.0.0.0/16", null)], changes);
        Assert.Empty(informer.Items);
        await StopAsync(running);
    }

    [Fact]
    public async Task An_old_version_is_a_conflict_and_what_is_not_there_is_null()
    {
        var cancel = TestContext.Current.CancellationToken;
        var made = await Api.CreateAsync(Net("10.0.0.0/24"), cancel);
        await Api.UpdateAsync(made with { Spec = new SubnetSpec { Cidr = "10.0.0.0/16" } }, cancel);
        var refused = await Assert.ThrowsAsync<KubeException>(() =>
            Api.UpdateAsync(made with { Spec = new SubnetSpec { Cidr = "10.0.0.0/8" } }, cancel)
        );
        Assert.True(refused.IsConflict);
        Assert.True(
            (await Assert.ThrowsAsync<KubeException>(() => Api.CreateAsync(Net("10.0.0.0/24"), cancel))).AlreadyExists
        );
        Assert.Null(await Api.FindAsync<Subnet>("default", "another", cancel));
        await Api.DeleteAsync<Subnet>("default", "another", null, cancel);
    }

    [Fact]
    public async Task A_finalizer_is_set_on_what_was_read_and_what_was_read_stays_as_it_is()
    {
        var cancel = TestContext.Current.CancellationToken;
        var read = await Api.CreateAsync(Net("10.0.0.0/24"), cancel);
        var held = await Api.SetFinalizerAsync(read, "test/held", held: true, cancel);
        Assert.Equal(["test/held"], held.Metadata.Finalizers);
        Assert.Null(read.Metadata.Finalizers);
        var old = await Assert.ThrowsAsync<KubeException>(() =>
            Api.SetFinalizerAsync(read, "test/more", held: true, cancel)
        );
        Assert.True(old.IsConflict);
        await Api.DeleteAsync<Subnet>("default", "net", null, cancel);
        var dying = await Api.GetAsync<Subnet>("default", "net", cancel);
        await Api.SetFinalizerAsync(dying, "test/held", held: false, cancel);
        Assert.Null(await Api.FindAsync<Subnet>("default", "net", cancel));
    }

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        stop.Dispose();
        await server.DisposeAsync();
    }

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Subnet Net(string cidr) =>
        new()
        {
            Metadata = new() { Name = "net", NamespaceProperty = "default" },
            Spec = new SubnetSpec { Cidr = cidr },
        };

    private sealed class Complaints : ILogger
    {
        public ConcurrentQueue<string> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Said.Enqueue(formatter(state, exception));
    }
}
