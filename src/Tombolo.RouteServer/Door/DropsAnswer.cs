using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tombolo.Api.Door;
using Tombolo.RouteServer.Model;
using Tombolo.RouteServer.Streams;
using Tombolo.Values;
using Tombolo.Values.Drops;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Door;

/// <summary>
/// Answer to <c>/v1/drops</c>: a line of JSON (<see cref="NodeDrops"/>) as each node answers. Following, it goes on until the
/// asker leaves; nodes that come, or come back, are followed too. A node that is silent gets a line that says so and keeps
/// nobody waiting.
/// </summary>
/// <param name="node">That one alone; null: all.</param>
/// <param name="network">Of that network alone; empty: all.</param>
internal sealed class DropsAnswer(ModelLoop model, string? node, string network, bool follow)
{
    private const int Waiting = 256;
    private static readonly TimeSpan LookForNodes = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Channel<NodeDrops> lines = Channel.CreateBounded<NodeDrops>(Waiting);

    public async Task WriteAsync(HttpResponse response, CancellationToken cancel)
    {
        var nodes = await NodesAsync(cancel);
        if (nodes.Count == 0)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            var error = node is null ? "no agent has connected yet" : $"no node {node} is known";
            await response.WriteAsJsonAsync(new DoorError(error), Json, cancel);
            return;
        }
        response.ContentType = "application/x-ndjson";
        await response.StartAsync(cancel);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var asking = follow ? FollowAllAsync(nodes, ends.Token) : CountAllAsync(nodes, ends.Token);
        _ = asking.ContinueWith(done => lines.Writer.TryComplete(done.Exception), TaskScheduler.Default);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancel))
            {
                await response.WriteAsync(JsonSerializer.Serialize(line, Json) + "\n", cancel);
                await response.Body.FlushAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The asker has left.
        }
        finally
        {
            await ends.CancelAsync();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task CountAllAsync(Dictionary<string, NodeSession?> nodes, CancellationToken cancel) =>
        Task.WhenAll(nodes.Select(one => CountAsync(one.Key, one.Value, cancel)));

    private async Task CountAsync(string name, NodeSession? session, CancellationToken cancel)
    {
        var line = new NodeDrops(name, Error: "no agent is connected");
        try
        {
            if (session is not null)
            {
                var answer = await session.AskAsync(Question(), cancel);
                line = Read(name, answer);
            }
        }
        catch (Exception silent) when (silent is TimeoutException or ChannelClosedException)
        {
            line = new NodeDrops(name, Error: "the agent does not answer");
        }
        await lines.Writer.WriteAsync(line, cancel);
    }

    private async Task FollowAllAsync(Dictionary<string, NodeSession?> nodes, CancellationToken cancel)
    {
        var followed = new Dictionary<string, (NodeSession? Session, Task Task)>(StringComparer.Ordinal);
        while (true)
        {
            foreach (var (name, session) in nodes)
            {
                if (!followed.TryGetValue(name, out var old) || (old.Session != session && old.Task.IsCompleted))
                {
                    followed[name] = (session, FollowAsync(name, session, cancel));
                }
            }
            await Task.Delay(LookForNodes, cancel);
            nodes = await NodesAsync(cancel);
        }
    }

    private async Task FollowAsync(string name, NodeSession? session, CancellationToken cancel)
    {
        if (session is null)
        {
            await lines.Writer.WriteAsync(new NodeDrops(name, Error: "no agent is connected"), cancel);
            return;
        }
        for (var said = false; ; said = true)
        {
            try
            {
                await foreach (var answer in session.FollowAsync(Question(), cancel))
                {
                    await lines.Writer.WriteAsync(Read(name, answer), cancel);
                }
                await lines.Writer.WriteAsync(new NodeDrops(name, Error: "the agent's stream has ended"), cancel);
                return;
            }
            catch (TimeoutException)
            {
                if (!said)
                {
                    await lines.Writer.WriteAsync(new NodeDrops(name, Error: "the agent does not answer"), cancel);
                }
            }
        }
    }

    private Wire.Question Question() =>
        new()
        {
            Drops = new Wire.DropsQuestion { Follow = follow, Vrf = network },
        };

    private NodeDrops Read(string name, Wire.Answer answer)
    {
        if (answer.Error.Length > 0)
        {
            return new NodeDrops(name, Error: answer.Error);
        }
        try
        {
            return follow
                ? new NodeDrops(name, Sampled: Read<SampledDrop>(answer))
                : new NodeDrops(name, Counted: Read<CountedDrop>(answer));
        }
        catch (JsonException)
        {
            return new NodeDrops(name, Error: "its agent gave an answer that this version does not read");
        }
    }

    private static List<T>? Read<T>(Wire.Answer answer) => JsonSerializer.Deserialize<List<T>>(answer.Json.Span, Json);

    private async Task<Dictionary<string, NodeSession?>> NodesAsync(CancellationToken cancel) =>
        await model.AskAsync(
            loop =>
                loop.Nodes.Where(one => node is null || one.Key.Name == node || one.Key.ToString() == node)
                    .OrderBy(one => one.Key)
                    .ToDictionary(one => NameOf(loop, one.Key), one => one.Value.Session, StringComparer.Ordinal),
            cancel
        );

    // Two clusters may have nodes of the same name.
    private static string NameOf(ModelLoop loop, NodeName name) =>
        loop.Nodes.Keys.Count(other => other.Name == name.Name) > 1 ? name.ToString() : name.Name;
}
