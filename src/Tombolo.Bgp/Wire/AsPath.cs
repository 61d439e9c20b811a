using System.Buffers.Binary;

namespace Tombolo.Bgp.Wire;

/// <summary>AS_PATH values (RFC 4271 §4.3): segments of type 1, count 1, then that many AS numbers of four octets here,
/// of two on old sessions.</summary>
public static class AsPath
{
    public const byte Set = 1;
    public const byte Sequence = 2;
    public const byte ConfederationSequence = 3;
    public const byte ConfederationSet = 4;

    /// <summary>RFC 7606 §7.2: known types, no empty or overrunning segment; AS 0 is malformed (RFC 7607).</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> value, in SessionTraits session)
    {
        var size = session.FourOctetAs ? 4 : 2;
        while (!value.IsEmpty)
        {
            if (value.Length < 2)
            {
                return false;
            }
            var count = value[1];
            var octets = count * size;
            // A neighbour outside the confederation sends no confederation segments (RFC 5065 §5).
            if (
                value[0] is < Set or > ConfederationSet
                || (!session.IsInternal && value[0] >= ConfederationSequence)
                || count == 0
                || value.Length - 2 < octets
            )
            {
                return false;
            }
            for (var i = 2; i < 2 + octets; i += size)
            {
                if (ReadAs(value[i..], size) == 0)
                {
                    return false;
                }
            }
            value = value[(2 + octets)..];
        }
        return true;
    }

    /// <summary>Hops for the decision process: a set counts one, confederation segments none (RFC 4271 §9.1.2.2 a).</summary>
    public static int Length(ReadOnlySpan<byte> path)
    {
        var length = 0;
        for (; !path.IsEmpty; path = path[(2 + 4 * path[1])..])
        {
            length += path[0] switch
            {
                Sequence => path[1],
                Set => 1,
                _ => 0,
            };
        }
        return length;
    }

    /// <summary>The AS that the route was received from; 0 for an empty path or one that starts with a set.</summary>
    public static uint Neighbor(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty && path[0] >= ConfederationSequence)
        {
            path = path[(2 + 4 * path[1])..];
        }
        return !path.IsEmpty && path[0] == Sequence ? BinaryPrimitives.ReadUInt32BigEndian(path[2..]) : 0;
    }

    /// <summary>The AS that originated the route: the last of the path; 0 for an empty one.</summary>
    public static uint Origin(ReadOnlySpan<byte> path) =>
        path.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(path[^4..]);

    public static int Count(ReadOnlySpan<byte> path, uint number)
    {
        var count = 0;
        for (; !path.IsEmpty; path = path[(2 + 4 * path[1])..])
        {
            for (var i = 0; i < path[1]; i++)
            {
                count += BinaryPrimitives.ReadUInt32BigEndian(path[(2 + 4 * i)..]) == number ? 1 : 0;
            }
        }
        return count;
    }

    /// <summary>Writes the path with <paramref name="number"/> put before it <paramref name="times"/> times; confederation
    /// segments in front are dropped, as they must be towards outside.</summary>
    public static void Prepend(ReadOnlySpan<byte> path, uint number, int times, OctetBuffer to)
    {
        while (!path.IsEmpty && path[0] >= ConfederationSequence)
        {
            path = path[(2 + 4 * path[1])..];
        }
        var joins = !path.IsEmpty && path[0] == Sequence && path[1] + times <= 255;
        to.U8(Sequence);
        to.U8(times + (joins ? path[1] : 0));
        for (var i = 0; i < times; i++)
        {
            to.U32(number);
        }
        to.Octets(path[(joins ? 2 : 0)..]);
    }

    /// <summary>Widens two-octet numbers and, where AS4_PATH is not longer, takes its numbers for the tail
    /// (RFC 6793 §4.2.3).</summary>
    public static byte[] Merge(ReadOnlySpan<byte> shortPath, ReadOnlySpan<byte> as4Path)
    {
        var wide = Widen(shortPath);
        if (as4Path.IsEmpty)
        {
            return wide;
        }
        var head = Length(wide) - Length(as4Path);
        if (head < 0)
        {
            return wide;
        }
        // Leading numbers of the short path that the AS4_PATH lacks, then the AS4_PATH itself.
        var to = new OctetBuffer(wide.Length + as4Path.Length);
        for (ReadOnlySpan<byte> rest = wide; head > 0 && !rest.IsEmpty; rest = rest[(2 + 4 * rest[1])..])
        {
            var take = rest[0] == Sequence ? Math.Min(head, rest[1]) : rest[1];
            to.U8(rest[0]);
            to.U8(take);
            to.Octets(rest.Slice(2, 4 * take));
            head -=
                rest[0] == Sequence ? take
                : rest[0] == Set ? 1
                : 0;
        }
        var joined =
            to.Count > 0
            && to.Written[0] == Sequence
            && to.Count == 2 + 4 * to.Written[1]
            && as4Path[0] == Sequence
            && to.Written[1] + as4Path[1] <= 255;
        if (joined)
        {
            to.SetU8(1, to.Written[1] + as4Path[1]);
        }
        to.Octets(joined ? as4Path[2..] : as4Path);
        return to.Written.ToArray();
    }

    /// <summary>Two-octet form for an old speaker; numbers that do not fit become AS_TRANS.</summary>
    /// <returns>True if one did not fit, so that AS4_PATH must go along.</returns>
    public static bool Narrow(ReadOnlySpan<byte> path, OctetBuffer to)
    {
        var lost = false;
        for (; !path.IsEmpty; path = path[(2 + 4 * path[1])..])
        {
            to.U8(path[0]);
            to.U8(path[1]);
            for (var i = 0; i < path[1]; i++)
            {
                var number = BinaryPrimitives.ReadUInt32BigEndian(path[(2 + 4 * i)..]);
                lost |= number > ushort.MaxValue;
                to.U16(number > ushort.MaxValue ? OpenMessage.AsTrans : (int)number);
            }
        }
        return lost;
    }

    private static byte[] Widen(ReadOnlySpan<byte> path)
    {
        var to = new OctetBuffer(path.Length * 2);
        for (; !path.IsEmpty; path = path[(2 + 2 * path[1])..])
        {
            to.U8(path[0]);
            to.U8(path[1]);
            for (var i = 0; i < path[1]; i++)
            {
                to.U32(BinaryPrimitives.ReadUInt16BigEndian(path[(2 + 2 * i)..]));
            }
        }
        return to.Written.ToArray();
    }

    private static uint ReadAs(ReadOnlySpan<byte> at, int size) =>
        size == 4 ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
}
