using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Fabric.Intent;
using Tombolo.RouteServer.Streams;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Model;

/// <summary>
/// The one loop that owns the model. Whatever happens is posted to it; it applies all that waits, flushes once, and
/// hands each node's news to its session under a new version.
/// </summary>
internal sealed partial class ModelLoop(TimeProvider time, Programmed programmed, ModelMetrics metrics, ILogger log)
{
    // Nodes that never report must not keep the others from their end of sync.
    private static readonly TimeSpan SyncAtMost = TimeSpan.FromSeconds(60);
    private const int Batch = 1000;

    internal abstract record Message;

    internal sealed record Connected(NodeSession Session) : Message;

    internal sealed record Disconnected(NodeSession Session) : Message;

    internal sealed record Said(NodeSession Session, Wire.FromAgent What) : Message;

    internal sealed record Changed(Action<Fabric.Fabric> Apply) : Message;

    internal sealed record NodeObject(string Name, V1Node? Node) : Message;

    internal sealed record Configured(FabricConfig? Config) : Message;

    internal sealed record ListsComplete : Message;

    internal sealed record Asked(Action<ModelLoop> Question) : Message;

    private sealed record Tick : Message;

    private readonly Channel<Message> inbox = Channel.CreateUnbounded<Message>();
    private readonly Fabric.Fabric fabric = new();
    private readonly Dictionary<NodeName, Presence> nodes = [];
    private readonly DateTimeOffset started = time.GetUtcNow();
    private TimeSpan staleTime = ConfigIntent.StaleTime(new FabricConfigSpec());
    private bool listsComplete;
    private ulong version;

    public Fabric.Fabric Fabric => fabric;

    public ulong Version => version;

    public bool Synced { get; private set; }

    public IReadOnlyDictionary<NodeName, Presence> Nodes => nodes;

    public void Post(Message message) => inbox.Writer.TryWrite(message);

    /// <summary>Runs a question on the loop and gives its answer.</summary>
    public async Task<T> AskAsync<T>(Func<ModelLoop, T> question, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            new Asked(self =>
            {
                try
                {
                    answer.SetResult(question(self));
                }
#pragma warning disable CA1031 // the asker's failure, not the loop's
                catch (Exception broken)
#pragma warning restore CA1031
                {
                    answer.SetException(broken);
                }
            })
        );
        return await answer.Task.WaitAsync(cancel);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        await using var timer = time.CreateTimer(
            _ => Post(new Tick()),
            null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1)
        );
        while (await inbox.Reader.WaitToReadAsync(cancel))
        {
            for (var i = 0; i < Batch && inbox.Reader.TryRead(out var message); i++)
            {
                Apply(message);
            }
            Flush();
            CheckSync();
            programmed.Settle(this);
        }
    }

    private void Apply(Message message)
    {
        switch (message)
        {
            case Changed changed:
                changed.Apply(fabric);
                break;
            case Configured configured:
                staleTime = ConfigIntent.StaleTime(configured.Config?.Spec ?? new FabricConfigSpec());
                fabric.Put(configured.Config);
                break;
            case NodeObject node:
                ApplyNode(node);
                break;
            case Connected connected:
                Greet(connected.Session);
                break;
            case Disconnected { Session: var session } when PresenceOf(session.Node).Session == session:
                PresenceOf(session.Node).Session = null;
                PresenceOf(session.Node).LostAt = time.GetUtcNow();
                Refresh(session.Node);
                break;
            case Said said when PresenceOf(said.Session.Node).Session == said.Session:
                Hear(said.Session, said.What);
                break;
            case ListsComplete:
                listsComplete = true;
                break;
            case Asked asked:
                asked.Question(this);
                break;
            case Tick:
                metrics.Seen(nodes.Values.Count(node => node.Session is not null), nodes.Count, Synced);
                foreach (var node in nodes.Where(node => node.Value.Session is null).Select(node => node.Key).ToList())
                {
                    Refresh(node);
                }
                break;
        }
    }

    private void ApplyNode(NodeObject node)
    {
        var name = new NodeName(fabric.Cluster, node.Name);
        PresenceOf(name).Object = node.Node;
        if (node.Node is null && PresenceOf(name).Session is null)
        {
            nodes.Remove(name);
            fabric.RemoveNode(name);
            return;
        }
        Refresh(name);
    }

    private void Greet(NodeSession session)
    {
        var presence = PresenceOf(session.Node);
        presence.Session?.Ended.Cancel(); // the agent came back before its old connection died
        presence.Session = session;
        presence.LastHello = session.Hello;
        presence.LostAt = null;
        Refresh(session.Node);
        // What others changed meanwhile goes with the snapshot, or must not be lost: flush it first.
        Flush();
        session.Tell(++version, fabric.Snapshot(session.Node), []);
        if (Synced)
        {
            session.EndSync();
        }
    }

    private void Hear(NodeSession session, Wire.FromAgent what)
    {
        switch (what.BodyCase)
        {
            case Wire.FromAgent.BodyOneofCase.Report:
                HearReport(session, what.Report);
                break;
            case Wire.FromAgent.BodyOneofCase.Ack:
                session.Acknowledged = Math.Max(session.Acknowledged, what.Ack.Version);
                session.Errors = [.. what.Ack.Errors];
                break;
            case Wire.FromAgent.BodyOneofCase.Health:
                session.Warnings = [.. what.Health.Warnings];
                break;
        }
    }

    private readonly Dictionary<NodeName, HashSet<string>> accounts = [];

    private void HearReport(NodeSession session, Wire.Report report)
    {
        if (report.Full)
        {
            accounts[session.Node] = new HashSet<string>(StringComparer.Ordinal);
        }
        foreach (var one in report.Interfaces)
        {
            InterfaceReported? said = one.State switch
            {
                Wire.InterfaceState.Bound => new InterfaceReported(new Label(one.Label), false),
                Wire.InterfaceState.Up => new InterfaceReported(new Label(one.Label), true),
                _ => null,
            };
            fabric.Report(session.Node, one.InterfaceUid, said);
            accounts.GetValueOrDefault(session.Node)?.Add(one.InterfaceUid);
            programmed.Reported(one.InterfaceUid, one.State == Wire.InterfaceState.Failed ? one.Reason : null);
        }
        if (report.End && accounts.Remove(session.Node, out var account))
        {
            foreach (var uid in fabric.ReportedBy(session.Node).Where(uid => !account.Contains(uid)))
            {
                fabric.Report(session.Node, uid, null);
                programmed.Reported(uid, null);
            }
            session.Reported = true;
        }
    }

    private void Refresh(NodeName node) => fabric.Put(node, PresenceOf(node).Facts(time.GetUtcNow(), staleTime));

    private void Flush()
    {
        var began = time.GetTimestamp();
        var news = fabric.Flush();
        if (news.Count == 0)
        {
            return;
        }
        version++;
        programmed.Flushed(version, news);
        foreach (var (node, delta) in news)
        {
            nodes.GetValueOrDefault(node)?.Session?.Tell(version, delta.Put, delta.Remove);
        }
        metrics.Flushed(
            time.GetElapsedTime(began),
            version,
            news.Values.Sum(delta => delta.Put.Count + delta.Remove.Count)
        );
    }

    private void CheckSync()
    {
        if (Synced || !listsComplete)
        {
            return;
        }
        var missing = nodes
            .Where(node => node.Value.IsReady && node.Value.Session?.Reported != true)
            .Select(node => node.Key)
            .ToList();
        if (missing.Count > 0 && time.GetUtcNow() - started < SyncAtMost)
        {
            return;
        }
        Synced = true;
        LogSynced(log, nodes.Count, missing.Count);
        foreach (var presence in nodes.Values)
        {
            presence.Session?.EndSync();
        }
    }

    private Presence PresenceOf(NodeName node)
    {
        if (!nodes.TryGetValue(node, out var presence))
        {
            nodes[node] = presence = new Presence();
        }
        return presence;
    }

    [LoggerMessage(LogLevel.Information, "end of sync: {Nodes} nodes, {Missing} of them silent")]
    private static partial void LogSynced(ILogger log, int nodes, int missing);
}
