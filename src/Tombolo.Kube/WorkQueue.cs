using System.Threading.Channels;

namespace Tombolo.Kube;

/// <summary>
/// Keys to look at, each at most once in the queue and at most in one hand: a key added while it is worked on comes again
/// afterwards. Failures come back with growing delay.
/// </summary>
public sealed class WorkQueue<TKey>(TimeProvider time)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Entry> entries = [];
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>(); // bounded by the number of keys

    private sealed class Entry
    {
        public bool Queued;
        public bool Working;
        public bool Again;
        public Backoff Backoff;
        public ITimer? Timer;
        public DateTimeOffset? Due;
    }

    public void Add(TKey key)
    {
        lock (gate)
        {
            var entry = EntryOf(key);
            if (entry.Working)
            {
                entry.Again = true;
            }
            else if (!entry.Queued)
            {
                entry.Queued = true;
                ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Adds the key when <paramref name="delay"/> has passed; the earliest of several wins.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }
        lock (gate)
        {
            var entry = EntryOf(key);
            var due = time.GetUtcNow() + delay;
            if (entry.Due <= due)
            {
                return;
            }
            entry.Timer?.Dispose();
            entry.Due = due;
            entry.Timer = time.CreateTimer(_ => Fire(key), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Works on keys until cancelled. What the work throws is a failure of that key alone.</summary>
    /// <param name="work">Returns when to look again, or null.</param>
    /// <param name="failed">Told of each failure.</param>
    public async Task RunAsync(
        Func<TKey, CancellationToken, Task<TimeSpan?>> work,
        Action<TKey, Exception> failed,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(failed);
        await foreach (var key in ready.Reader.ReadAllAsync(cancel))
        {
            Begin(key);
            try
            {
                var again = await work(key, cancel);
                End(key, Backoff.None, again);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // one object's failure must not stop the others
            catch (Exception broken)
#pragma warning restore CA1031
            {
                failed(key, broken);
                var backoff = BackoffOf(key).Next();
                End(key, backoff, backoff.Delay);
            }
        }
    }

    private void Fire(TKey key)
    {
        lock (gate)
        {
            var entry = EntryOf(key);
            entry.Timer?.Dispose();
            entry.Timer = null;
            entry.Due = null;
        }
        Add(key);
    }

    private void Begin(TKey key)
    {
        lock (gate)
        {
            var entry = EntryOf(key);
            entry.Queued = false;
            entry.Working = true;
        }
    }

    private void End(TKey key, Backoff backoff, TimeSpan? again)
    {
        bool now;
        lock (gate)
        {
            var entry = EntryOf(key);
            entry.Working = false;
            entry.Backoff = backoff;
            now = entry.Again;
            entry.Again = false;
            if (!now && again is null && entry.Timer is null && backoff.Failures == 0)
            {
                entries.Remove(key);
            }
        }
        if (now)
        {
            Add(key);
        }
        else if (again is { } delay)
        {
            AddAfter(key, delay);
        }
    }

    private Backoff BackoffOf(TKey key)
    {
        lock (gate)
        {
            return EntryOf(key).Backoff;
        }
    }

    private Entry EntryOf(TKey key)
    {
        if (!entries.TryGetValue(key, out var entry))
        {
            entries[key] = entry = new Entry();
        }
        return entry;
    }
}
