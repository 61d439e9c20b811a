using System.Text;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Sends part of a container's log, and goes on as it grows if asked to.</summary>
internal sealed class LogReader(string file, LogQuery query, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private IReadOnlyList<(DateTime Time, long Length)> times = [];
    private int timesAt;
    private bool lineBegins = true;
    private long left = query.LimitBytes ?? long.MaxValue;

    /// <param name="isRunning">While it is, the log may grow.</param>
    public async Task WriteAsync(Stream to, Func<bool> isRunning, CancellationToken cancel)
    {
        await using var log = Open();
        var at = StartOf(log);
        var buffer = new byte[32 * 1024];
        while (left > 0)
        {
            var mayGrow = query.Follow && isRunning(); // asked before reading: what it wrote last is not missed
            log.Seek(at, SeekOrigin.Begin);
            var count = await log.ReadAsync(buffer, cancel);
            if (count > 0)
            {
                await SendAsync(to, buffer.AsMemory(0, count), at, cancel);
                at += count;
            }
            else if (mayGrow)
            {
                await to.FlushAsync(cancel);
                await Task.Delay(LookAgain, time, cancel);
            }
            else
            {
                break;
            }
        }
        await to.FlushAsync(cancel);
    }

    // A process that has not written yet may have no file yet.
    private FileStream Open() =>
        new(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            }
        );

    private long StartOf(FileStream log)
    {
        var start = 0L;
        if (query.Since is { } since)
        {
            // The first octet of which we know that it came later; what nobody has noted yet came just now.
            var before = LogTimes.Read(file).TakeWhile(pair => pair.Time < since).Select(pair => pair.Length);
            start = since > time.GetUtcNow() ? log.Length : before.LastOrDefault();
        }
        return query.TailLines is { } lines ? Math.Max(start, TailOf(log, lines)) : start;
    }

    /// <summary>Where the last lines begin, looking from the end.</summary>
    private static long TailOf(FileStream log, long lines)
    {
        var block = new byte[32 * 1024];
        var end = log.Length;
        var newlines = 0L;
        for (var at = end; at > 0; )
        {
            var count = (int)Math.Min(block.Length, at);
            at -= count;
            log.Seek(at, SeekOrigin.Begin);
            log.ReadExactly(block, 0, count);
            for (var i = count - 1; i >= 0; i--)
            {
                // The newline that ends the last line separates nothing.
                if (block[i] == '\n' && at + i != end - 1 && ++newlines == lines)
                {
                    return at + i + 1;
                }
                if (lines == 0)
                {
                    return end;
                }
            }
        }
        return 0;
    }

    private async Task SendAsync(Stream to, ReadOnlyMemory<byte> octets, long at, CancellationToken cancel)
    {
        if (!query.Timestamps)
        {
            await PutAsync(to, octets, cancel);
            return;
        }
        while (octets.Length > 0 && left > 0)
        {
            if (lineBegins)
            {
                await PutAsync(to, Encoding.ASCII.GetBytes($"{TimeOf(at):yyyy-MM-ddTHH:mm:ss.fffffff}00Z "), cancel);
            }
            var newline = octets.Span.IndexOf((byte)'\n');
            var count = newline < 0 ? octets.Length : newline + 1;
            await PutAsync(to, octets[..count], cancel);
            lineBegins = newline >= 0;
            octets = octets[count..];
            at += count;
        }
    }

    private DateTime TimeOf(long at)
    {
        while (true)
        {
            for (; timesAt < times.Count; timesAt++)
            {
                if (times[timesAt].Length > at)
                {
                    return times[timesAt].Time;
                }
            }
            var known = times.Count;
            times = LogTimes.Read(file);
            if (times.Count == known)
            {
                return time.GetUtcNow().UtcDateTime; // so young that nobody has noted it yet
            }
        }
    }

    private async Task PutAsync(Stream to, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        var part = octets[..(int)Math.Min(octets.Length, left)];
        left -= part.Length;
        await to.WriteAsync(part, cancel);
    }
}
