using System.Buffers.Binary;

namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// When a log's octets were written: processes write their logs themselves, so that they outlive a kubelet, and a file of
/// (ticks, length) pairs beside each log says how long it was at which time. 16 octets a pair, big-endian.
/// </summary>
internal static class LogTimes
{
    private const int Pair = 16;

    public static string FileOf(string log) => log + ".times";

    public static void Append(string log, DateTime now, long length)
    {
        Span<byte> pair = stackalloc byte[Pair];
        BinaryPrimitives.WriteInt64BigEndian(pair, now.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(pair[8..], length);
        using var file = new FileStream(FileOf(log), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(pair);
    }

    /// <summary>In the order of time; empty where there is none.</summary>
    public static IReadOnlyList<(DateTime Time, long Length)> Read(string log)
    {
        byte[] octets;
        try
        {
            octets = File.ReadAllBytes(FileOf(log));
        }
        catch (IOException)
        {
            return [];
        }
        var times = new List<(DateTime, long)>(octets.Length / Pair);
        for (var at = 0; at + Pair <= octets.Length; at += Pair)
        {
            times.Add(
                (
                    new DateTime(BinaryPrimitives.ReadInt64BigEndian(octets.AsSpan(at)), DateTimeKind.Utc),
                    BinaryPrimitives.ReadInt64BigEndian(octets.AsSpan(at + 8))
                )
            );
        }
        return times;
    }
}
