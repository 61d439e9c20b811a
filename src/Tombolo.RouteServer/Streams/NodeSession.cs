using System.Collections.Concurrent;
using System.Threading.Channels;
using Tombolo.Fabric;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Streams;

/// <summary>
/// One agent's stream, as the model sees it. What is to be told waits in a table by key, so a slow agent costs no more
/// memory than its state and gets the latest of each; the stream's writer drains it.
/// </summary>
internal sealed class NodeSession(NodeName node, Wire.Hello hello, EntryCodec codec)
{
    // Keeps a message well under gRPC's 4 MB limit: an entry is some hundred octets.
    private const int EntriesPerDelta = 2000;
    private const int MostAnswers = 1000;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<EntryKey, Entry?> pending = [];
    private readonly Queue<Wire.FromServer> others = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly ConcurrentDictionary<ulong, Channel<Wire.Answer>> asked = new();
    private ulong pendingVersion;
    private bool snapshot = true;
    private bool endOfSync;
    private bool endOfSyncSent;
    private bool closed;
    private ulong questions;

    public NodeName Node => node;

    public Wire.Hello Hello => hello;

    /// <summary>The highest version that the node's kernel holds.</summary>
    public ulong Acknowledged { get; set; }

    /// <summary>The highest version that was put for it.</summary>
    public ulong Told { get; private set; }

    /// <summary>Its first complete report is in.</summary>
    public bool Reported { get; set; }

    public IReadOnlyList<string> Errors { get; set; } = [];

    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Done when the stream is to end.</summary>
    public CancellationTokenSource Ended { get; } = new();

    /// <summary>Puts what the node is to hold from this version on.</summary>
    public void Tell(ulong version, IEnumerable<Entry> put, IEnumerable<EntryKey> remove)
    {
        lock (gate)
        {
            foreach (var entry in put)
            {
                pending[entry.Key] = entry;
            }
            foreach (var key in remove)
            {
                pending[key] = null;
            }
            pendingVersion = version;
            Told = version;
        }
        signal.Writer.TryWrite(true);
    }

    /// <summary>All lists are complete: what the snapshot does not name is no more.</summary>
    public void EndSync()
    {
        lock (gate)
        {
            endOfSync = true;
        }
        signal.Writer.TryWrite(true);
    }

    public void Send(Wire.FromServer message)
    {
        lock (gate)
        {
            others.Enqueue(message);
        }
        signal.Writer.TryWrite(true);
    }

    /// <summary>Asks the agent and waits for its answer.</summary>
    /// <exception cref="TimeoutException">No answer within 10 s.</exception>
    /// <exception cref="ChannelClosedException">The stream ended before the answer.</exception>
    public async Task<Wire.Answer> AskAsync(Wire.Question question, CancellationToken cancel)
    {
        var answers = Ask(question);
        try
        {
            return await answers.ReadAsync(cancel).AsTask().WaitAsync(AnswerWithin, cancel);
        }
        finally
        {
            asked.TryRemove(question.Id, out _);
        }
    }

    /// <summary>Asks a question that has many answers: gives them as they come, until the last, the stream's end, or cancelled.</summary>
    /// <exception cref="TimeoutException">Not even the first within 10 s.</exception>
    public async IAsyncEnumerable<Wire.Answer> FollowAsync(
        Wire.Question question,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var answers = Ask(question);
        try
        {
            await answers.WaitToReadAsync(cancel).AsTask().WaitAsync(AnswerWithin, cancel);
            await foreach (var answer in answers.ReadAllAsync(cancel))
            {
                yield return answer;
            }
        }
        finally
        {
            asked.TryRemove(question.Id, out _);
            Send(
                new Wire.FromServer
                {
                    Question = new Wire.Question { Id = question.Id, Stop = new Wire.Empty() },
                }
            );
        }
    }

    public void Answered(Wire.Answer answer)
    {
        if (asked.TryGetValue(answer.Id, out var waiting))
        {
            waiting.Writer.TryWrite(answer);
            if (answer.Last)
            {
                waiting.Writer.TryComplete();
            }
        }
    }

    /// <summary>The stream is gone: nobody waits for its answers any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
        }
        foreach (var waiting in asked.Values)
        {
            waiting.Writer.TryComplete();
        }
    }

    private ChannelReader<Wire.Answer> Ask(Wire.Question question)
    {
        question.Id = Interlocked.Increment(ref questions);
        // An asker that does not read loses the oldest.
        var answers = Channel.CreateBounded<Wire.Answer>(
            new BoundedChannelOptions(MostAnswers) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        asked[question.Id] = answers;
        lock (gate)
        {
            if (closed)
            {
                answers.Writer.TryComplete();
            }
        }
        Send(new Wire.FromServer { Question = question });
        return answers.Reader;
    }

    /// <summary>What to write next, as it comes, until cancelled.</summary>
    public async IAsyncEnumerable<Wire.FromServer> MessagesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var _ in signal.Reader.ReadAllAsync(cancel))
        {
            foreach (var message in Drain())
            {
                yield return message;
            }
        }
    }

    private List<Wire.FromServer> Drain()
    {
        var messages = new List<Wire.FromServer>();
        lock (gate)
        {
            if (pending.Count > 0 || (snapshot && pendingVersion > 0))
            {
                // One version is one consistent change: only its last part carries the number to acknowledge.
                var parts = pending.OrderBy(pair => pair.Key).Chunk(EntriesPerDelta).DefaultIfEmpty([]).ToList();
                for (var i = 0; i < parts.Count; i++)
                {
                    messages.Add(Part(parts[i], i == parts.Count - 1 ? pendingVersion : 0));
                }
                pending.Clear();
                snapshot = false;
            }
            if (endOfSync && !endOfSyncSent && !snapshot)
            {
                endOfSyncSent = true;
                messages.Add(new Wire.FromServer { EndOfSync = new Wire.EndOfSync { Version = pendingVersion } });
            }
            while (others.TryDequeue(out var other))
            {
                messages.Add(other);
            }
        }
        return messages;
    }

    private Wire.FromServer Part(KeyValuePair<EntryKey, Entry?>[] part, ulong version)
    {
        var delta = new Wire.Delta { Version = version, Snapshot = snapshot };
        foreach (var (key, entry) in part)
        {
            if (entry is null)
            {
                delta.Remove.Add(EntryCodec.Encode(key));
            }
            else
            {
                delta.Put.Add(codec.Encode(entry));
            }
        }
        return new Wire.FromServer { Delta = delta };
    }
}
