namespace Tombolo.Bgp.Wire;

/// <summary>ROUTE-REFRESH (RFC 2918 §3); the middle octet is RFC 7313's demarcation.</summary>
public readonly record struct RouteRefreshMessage(Family Family, RefreshKind Kind)
{
    public static bool TryRead(ReadOnlySpan<byte> body, out RouteRefreshMessage message)
    {
        var wire = new WireReader(body);
        message = default;
        if (!wire.TryU16(out var afi) || !wire.TryU8(out var kind) || !wire.TryU8(out var safi) || !wire.AtEnd)
        {
            return false;
        }
        message = new RouteRefreshMessage(new Family(afi, safi), (RefreshKind)kind);
        return true;
    }

    public void WriteTo(OctetBuffer to)
    {
        var start = Message.Begin(to, MessageType.RouteRefresh);
        to.U16(Family.Afi);
        to.U8((byte)Kind);
        to.U8(Family.Safi);
        Message.End(to, start);
    }
}
