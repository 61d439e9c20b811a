using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Streams;
using Tombolo.Agent.Telemetry;
using Tombolo.Linux;
using Tombolo.Stream;
using Tombolo.Values;
using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

/// <summary>
/// The one loop that owns the node: what servers say and what the CNI plugin asks comes in here, one thing after another;
/// then the kernel is made to hold what the primary says, and what it holds is reported.
/// </summary>
internal sealed partial class NodeLoop(
    AgentOptions options,
    TimeProvider time,
    Kernel kernel,
    Labels labels,
    Attachments attachments,
    AgentMetrics metrics,
    ILogger log
)
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StageOneWithin = TimeSpan.FromMilliseconds(250);
    private const int Batch = 500;

    private abstract record Message;

    private sealed record Heard(ServerStream Stream, FromServer? What) : Message;

    private sealed record Asked(CniRequest Request, TaskCompletionSource<CniAnswer> Answer) : Message;

    private sealed record Look : Message;

    private sealed record Drain : Message;

    private readonly Channel<Message> inbox = Channel.CreateUnbounded<Message>();
    private readonly List<ServerStream> streams = [];
    private readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly List<PendingAdd> adds = [];
    private ServerView? primary;
    private NodeState state = new([]);
    private bool converged;
    private bool dirty;
    private string? trouble;
    private ulong reports;

    public void Add(ServerStream stream) => streams.Add(stream);

    /// <summary>A message of a server; null: its stream is lost.</summary>
    public void Hear(ServerStream stream, FromServer? what) => inbox.Writer.TryWrite(new Heard(stream, what));

    public Task<CniAnswer> AskAsync(CniRequest request, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<CniAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        inbox.Writer.TryWrite(new Asked(request, answer));
        return answer.Task.WaitAsync(cancel);
    }

    public Hello Hello() =>
        new()
        {
            Minor = 1,
            Cluster = (uint)options.Cluster,
            Node = options.Node,
            NodeUid = options.NodeUid,
            NodeId = kernel.Underlay.IsIPv4 ? (uint)kernel.Underlay.Bits : 0,
            BootId = Google.Protobuf.ByteString.CopyFromUtf8(kernel.BootId),
            Underlay = { Google.Protobuf.ByteString.CopyFrom(kernel.Underlay.ToArray()) },
            Encapsulations = { NodeState.Received },
            UnderlayMtu = (uint)kernel.UnderlayMtu,
            Layout = kernel.Layout,
            Version = typeof(NodeLoop).Assembly.GetName().Version?.ToString(3) ?? "",
        };

    public async Task RunAsync(CancellationToken cancel)
    {
        Recover();
        await using var timer = time.CreateTimer(
            _ => inbox.Writer.TryWrite(new Look()),
            null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1)
        );
        while (await inbox.Reader.WaitToReadAsync(cancel))
        {
            for (var i = 0; i < Batch && inbox.Reader.TryRead(out var message); i++)
            {
                Take(message);
            }
            if (dirty && primary is { Synced: true })
            {
                dirty = false;
                Converge();
            }
            ServeAdds();
        }
    }

    private void Take(Message message)
    {
        switch (message)
        {
            case Heard { What: null } lost:
                lost.Stream.View.Lost();
                metrics.Connected(lost.Stream.View.Address, false);
                followers.Remove(lost.Stream);
                WatchDrops();
                break;
            case Drain:
                DrainDrops();
                break;
            case Heard heard:
                TakeFromServer(heard.Stream, heard.What);
                break;
            case Asked { Request.Command: "ADD" } add:
                adds.Add(new PendingAdd(add.Request, time.GetUtcNow() + KnownWithin, add.Answer));
                break;
            case Asked asked:
                asked.Answer.TrySetResult(Answer(asked.Request));
                break;
        }
    }

    private void TakeFromServer(ServerStream stream, FromServer what)
    {
        var view = stream.View;
        switch (what.BodyCase)
        {
            case FromServer.BodyOneofCase.Welcome:
                view.Name = what.Welcome.Server;
                view.Begin();
                metrics.Connected(view.Address, true);
                stream.Send(Account());
                stream.Send(Health());
                break;
            case FromServer.BodyOneofCase.Delta:
                if (view.Apply(what.Delta))
                {
                    dirty |= view == primary;
                    Acknowledge(stream);
                }
                break;
            case FromServer.BodyOneofCase.EndOfSync:
                view.EndSync();
                // The first that is complete; later the primary changes only if its stream is lost and another's is not.
                if (primary is null || (!primary.Connected && view.Connected))
                {
                    primary = view;
                }
                dirty |= view == primary;
                Acknowledge(stream);
                break;
            case FromServer.BodyOneofCase.StageOne when view == primary:
                if (known.TryGetValue(what.StageOne.InterfaceUid, out var one))
                {
                    one.Settled = what.StageOne.Settled;
                }
                break;
            case FromServer.BodyOneofCase.Question:
                TakeQuestion(stream, what.Question);
                break;
            // A newer server may say what we do not know yet.
        }
    }

    // What an earlier agent attached stays attached, and its labels stay theirs.
    private void Recover()
    {
        foreach (var attachment in attachments.All.ToList())
        {
            if (!kernel.Holds(attachment))
            {
                attachments.Remove(attachment); // its pod is gone, and the link with it
                continue;
            }
            var label = new Label(attachment.Label);
            labels.Reserve(label);
            known[attachment.Uid] = new Known(attachment.Uid, label) { Attachment = attachment, Up = true };
        }
        LogRecovered(log, known.Count);
    }

    private void Converge()
    {
        state = new NodeState(primary!.Entries);
        var news = new Report { Sequence = ++reports };
        foreach (var uid in state.Interfaces.Keys.Where(uid => !known.ContainsKey(uid)))
        {
            known[uid] = new Known(uid, labels.Take());
            news.Interfaces.Add(known[uid].Report());
        }
        foreach (var gone in known.Values.Where(one => !state.Interfaces.ContainsKey(one.Uid)).ToList())
        {
            Withdraw(gone, news);
        }
        var applied = Apply();
        converged = true;
        foreach (
            var one in known.Values.Where(one =>
                one.Attachment is not null && !one.Up && !applied.Failed.ContainsKey(one.Uid)
            )
        )
        {
            one.Up = true;
            news.Interfaces.Add(one.Report());
        }
        foreach (var (uid, why) in applied.Failed)
        {
            news.Interfaces.Add(
                new InterfaceReport
                {
                    InterfaceUid = uid,
                    State = InterfaceState.Failed,
                    Reason = why,
                }
            );
            LogFailed(log, uid, why);
        }
        if (news.Interfaces.Count > 0)
        {
            Send(new FromAgent { Report = news });
        }
        foreach (var stream in streams)
        {
            Acknowledge(stream);
        }
    }

    // What the kernel does not hold is not acknowledged, is said, and is tried again with the next message or second.
    private Applied Apply()
    {
        var began = time.GetTimestamp();
        var applied = kernel.Apply(state, known.Values);
        metrics.Applied(
            time.GetElapsedTime(began),
            applied.Error is null,
            known.Values.Count(one => one.Up),
            known.Values.Count(one => !one.Up),
            state.Routes.Count
        );
        dirty |= applied.Error is not null;
        if (applied.Error != trouble)
        {
            trouble = applied.Error;
            Send(Health());
        }
        metrics.Warned(Warnings.Count);
        return applied;
    }

    // The server no longer has it here: the pod is deleted or elsewhere. A link that is still there forwards nothing.
    private void Withdraw(Known gone, Report news)
    {
        known.Remove(gone.Uid);
        labels.Release(gone.Label);
        news.Interfaces.Add(new InterfaceReport { InterfaceUid = gone.Uid, State = InterfaceState.Down });
        if (gone.Attachment is { } attachment)
        {
            kernel.Detach(attachment);
        }
    }

    // To each server the highest version of its own whose entries the kernel holds: the primary's as applied, another's if
    // its entries are the same.
    private void Acknowledge(ServerStream stream)
    {
        var view = stream.View;
        if (
            converged
            && !dirty
            && view.Connected
            && view.Version > 0
            && (view == primary || (view.Synced && view.Digest == primary!.Digest))
        )
        {
            stream.Send(new FromAgent { Ack = new Ack { Version = view.Version } });
        }
    }

    private FromAgent Account()
    {
        var report = new Report
        {
            Sequence = ++reports,
            Full = true,
            End = true,
        };
        report.Interfaces.AddRange(known.Values.Select(one => one.Report()));
        return new FromAgent { Report = report };
    }

    private IReadOnlyList<string> Warnings => trouble is null ? kernel.Warnings : [.. kernel.Warnings, trouble];

    private FromAgent Health() => new() { Health = new Health { Warnings = { Warnings } } };

    private void Send(FromAgent message)
    {
        foreach (var stream in streams)
        {
            stream.Send(message);
        }
    }

    private static CniAnswer Refuse(CniRequest request, int code, string message, string? details) =>
        new(null, new CniError(request.CniVersion, code, message, details));

    [LoggerMessage(LogLevel.Information, "recovered {Count} attached interfaces")]
    private static partial void LogRecovered(ILogger log, int count);

    [LoggerMessage(LogLevel.Error, "interface {Uid} is not programmed: {Why}")]
    private static partial void LogFailed(ILogger log, string uid, string why);
}
