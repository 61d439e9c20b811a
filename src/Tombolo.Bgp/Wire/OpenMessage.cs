namespace Tombolo.Bgp.Wire;

/// <summary>OPEN (RFC 4271 §4.2).</summary>
/// <param name="As">The true AS: from the four-octet capability where there is one.</param>
/// <param name="HoldSeconds">0, or 3 and more.</param>
/// <param name="RouterId">BGP identifier, not zero (RFC 6286).</param>
public sealed record OpenMessage(uint As, ushort HoldSeconds, uint RouterId, Capabilities Capabilities)
{
    /// <summary>Stands for an AS that does not fit in two octets (RFC 6793 §9).</summary>
    public const ushort AsTrans = 23456;

    /// <summary>Reads the body of an OPEN.</summary>
    /// <param name="error">What to tell the sender (RFC 4271 §6.2) when it is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, out OpenMessage message, out NotificationMessage? error)
    {
        message = new OpenMessage(0, 0, 0, new Capabilities());
        error = null;
        var wire = new WireReader(body);
        if (
            !wire.TryU8(out var version)
            || !wire.TryU16(out var shortAs)
            || !wire.TryU16(out var hold)
            || !wire.TryU32(out var routerId)
            || !wire.TryU8(out var length)
        )
        {
            error = new NotificationMessage(ErrorCode.MessageHeader, 2);
            return false;
        }
        if (version != 4)
        {
            error = new NotificationMessage(ErrorCode.Open, 1, new byte[] { 0, 4 });
            return false;
        }
        // RFC 9072: a parameter of type 255 says that lengths have two octets.
        var extended = length == 255 && wire.Left >= 3 && wire.Rest[0] == 255;
        var parameterOctets = (int)length;
        if (extended)
        {
            _ = wire.TryU8(out _);
            _ = wire.TryU16(out var wide);
            parameterOctets = wide;
        }
        if (wire.Left != parameterOctets || !Capabilities.TryRead(wire.Rest, extended, out var capabilities))
        {
            error = new NotificationMessage(ErrorCode.Open, 0);
            return false;
        }
        if (hold is 1 or 2)
        {
            error = new NotificationMessage(ErrorCode.Open, 6);
            return false;
        }
        if (routerId == 0)
        {
            error = new NotificationMessage(ErrorCode.Open, 3);
            return false;
        }
        var number = capabilities.FourOctetAs ?? shortAs;
        if (number == 0)
        {
            error = new NotificationMessage(ErrorCode.Open, 2);
            return false;
        }
        message = new OpenMessage(number, hold, routerId, capabilities);
        return true;
    }

    public void WriteTo(OctetBuffer to)
    {
        var start = Message.Begin(to, MessageType.Open);
        to.U8(4);
        to.U16(As > ushort.MaxValue ? AsTrans : (int)As);
        to.U16(HoldSeconds);
        to.U32(RouterId);
        var body = new OctetBuffer(256);
        Capabilities.WriteTo(body);
        if (body.Count == 0)
        {
            to.U8(0);
        }
        else if (body.Count + 2 <= 254)
        {
            to.U8(body.Count + 2);
            to.U8(2);
            to.U8(body.Count);
            to.Octets(body.Written);
        }
        else
        {
            // RFC 9072 §2: 255 | 255 | length 2 | type 1 | length 2 | capabilities
            to.U8(255);
            to.U8(255);
            to.U16(body.Count + 3);
            to.U8(2);
            to.U16(body.Count);
            to.Octets(body.Written);
        }
        Message.End(to, start);
    }
}
