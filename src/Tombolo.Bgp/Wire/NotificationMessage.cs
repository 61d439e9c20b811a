using System.Text;

namespace Tombolo.Bgp.Wire;

/// <summary>A NOTIFICATION (RFC 4271 §4.5); also the form in which the codec says what is wrong with a message.</summary>
public sealed record NotificationMessage(ErrorCode Code, byte Subcode, ReadOnlyMemory<byte> Data = default)
{
    /// <summary>Cease subcodes (RFC 4486; 9 and 10 are RFC 8538 and RFC 9384).</summary>
    public const byte MaximumPrefixes = 1;
    public const byte AdministrativeShutdown = 2;
    public const byte PeerDeconfigured = 3;
    public const byte AdministrativeReset = 4;
    public const byte ConnectionRejected = 5;
    public const byte Collision = 7;
    public const byte OutOfResources = 8;
    public const byte HardReset = 9;

    public static NotificationMessage Cease(byte subcode) => new(ErrorCode.Cease, subcode);

    public static bool TryRead(ReadOnlySpan<byte> body, out NotificationMessage message)
    {
        if (body.Length < 2)
        {
            message = new NotificationMessage(ErrorCode.None, 0);
            return false;
        }
        message = new NotificationMessage((ErrorCode)body[0], body[1], body[2..].ToArray());
        return true;
    }

    public void WriteTo(OctetBuffer to)
    {
        var start = Message.Begin(to, MessageType.Notification);
        to.U8((byte)Code);
        to.U8(Subcode);
        to.Octets(Data.Span);
        Message.End(to, start);
    }

    public override string ToString()
    {
        var text = new StringBuilder($"{Code}/{Subcode}");
        if (!Data.IsEmpty)
        {
            text.Append(' ').Append(Convert.ToHexStringLower(Data.Span[..Math.Min(Data.Length, 64)]));
        }
        return text.ToString();
    }
}
