using System.Buffers.Binary;

namespace Tombolo.Bgp.Wire;

/// <summary>Framing (RFC 4271 §4.1): 16 octets of ones, a length over the whole, a type.</summary>
public static class Message
{
    public const int HeaderOctets = 19;
    public const int MaxOctets = 4096;

    /// <summary>With the extended message capability (RFC 8654); OPEN and KEEPALIVE keep the old limit.</summary>
    public const int MaxExtendedOctets = 65535;

    private static ReadOnlySpan<byte> Marker =>
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    /// <summary>Looks for a whole message at the start of what was received.</summary>
    /// <param name="length">Octets of the message, header and all; 0 when more must be received.</param>
    /// <param name="error">What to tell the sender if the header is wrong (RFC 4271 §6.1).</param>
    public static bool TryFrame(
        ReadOnlySpan<byte> received,
        bool extended,
        out MessageType type,
        out int length,
        out NotificationMessage? error
    )
    {
        type = default;
        length = 0;
        error = null;
        if (received.Length < HeaderOctets)
        {
            return false;
        }
        if (!received[..16].SequenceEqual(Marker))
        {
            error = new NotificationMessage(ErrorCode.MessageHeader, 1);
            return false;
        }
        var whole = BinaryPrimitives.ReadUInt16BigEndian(received[16..]);
        type = (MessageType)received[18];
        if (type is < MessageType.Open or > MessageType.RouteRefresh)
        {
            error = new NotificationMessage(ErrorCode.MessageHeader, 3, new[] { (byte)type });
            return false;
        }
        if (!IsLength(type, whole, extended))
        {
            error = new NotificationMessage(ErrorCode.MessageHeader, 2, received.Slice(16, 2).ToArray());
            return false;
        }
        if (received.Length < whole)
        {
            return false;
        }
        length = whole;
        return true;
    }

    /// <summary>Writes a header with its length open and gives the message's place.</summary>
    public static int Begin(OctetBuffer to, MessageType type)
    {
        var start = to.Count;
        to.Octets(Marker);
        to.U16(0);
        to.U8((byte)type);
        return start;
    }

    public static void End(OctetBuffer to, int start) => to.SetU16(start + 16, to.Count - start);

    public static void WriteKeepalive(OctetBuffer to) => End(to, Begin(to, MessageType.Keepalive));

    // Least lengths: an OPEN has 10 octets of body, an UPDATE 4, a NOTIFICATION 2, a ROUTE-REFRESH exactly 4 unless it
    // carries outbound filters, which are not offered.
    private static bool IsLength(MessageType type, int length, bool extended)
    {
        var limit = extended && type is not (MessageType.Open or MessageType.Keepalive) ? MaxExtendedOctets : MaxOctets;
        return length <= limit
            && type switch
            {
                MessageType.Open => length >= HeaderOctets + 10,
                MessageType.Update => length >= HeaderOctets + 4,
                MessageType.Notification => length >= HeaderOctets + 2,
                MessageType.Keepalive => length == HeaderOctets,
                _ => length >= HeaderOctets + 4,
            };
    }
}
