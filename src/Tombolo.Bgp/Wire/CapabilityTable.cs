using System.Collections.Immutable;

namespace Tombolo.Bgp.Wire;

/// <summary>The table of capabilities: code → read into, write out of <see cref="Capabilities"/>.</summary>
internal static class CapabilityTable
{
    private delegate Capabilities Reader(ref WireReader body, Capabilities into);

    private sealed record Row(CapabilityCode Code, Reader Read, Action<Capabilities, OctetBuffer> Write);

    private static readonly Row[] Rows =
    [
        new(CapabilityCode.MultiProtocol, ReadFamily, WriteFamilies),
        new(
            CapabilityCode.RouteRefresh,
            (ref _, into) => into with { RouteRefresh = true },
            (from, to) => Flag(from.RouteRefresh, CapabilityCode.RouteRefresh, to)
        ),
        new(
            CapabilityCode.ExtendedMessage,
            (ref _, into) => into with { ExtendedMessage = true },
            (from, to) => Flag(from.ExtendedMessage, CapabilityCode.ExtendedMessage, to)
        ),
        new(CapabilityCode.GracefulRestart, ReadRestart, WriteRestart),
        new(CapabilityCode.FourOctetAs, ReadAs, WriteAs),
        new(CapabilityCode.AddPath, ReadAddPath, WriteAddPath),
        new(
            CapabilityCode.EnhancedRouteRefresh,
            (ref _, into) => into with { EnhancedRouteRefresh = true },
            (from, to) => Flag(from.EnhancedRouteRefresh, CapabilityCode.EnhancedRouteRefresh, to)
        ),
        new(CapabilityCode.LongLivedGracefulRestart, ReadLongLived, WriteLongLived),
    ];

    public static void Read(byte code, ReadOnlySpan<byte> body, ref Capabilities capabilities)
    {
        foreach (var row in Rows)
        {
            if ((byte)row.Code == code)
            {
                var wire = new WireReader(body);
                capabilities = row.Read(ref wire, capabilities);
                return;
            }
        }
        capabilities = capabilities with { Unknown = capabilities.Unknown.Add(code) };
    }

    public static void Write(Capabilities capabilities, OctetBuffer to)
    {
        foreach (var row in Rows)
        {
            row.Write(capabilities, to);
        }
    }

    private static void Flag(bool set, CapabilityCode code, OctetBuffer to)
    {
        if (set)
        {
            to.U8((byte)code);
            to.U8(0);
        }
    }

    // AFI 2 | reserved 1 | SAFI 1 (RFC 4760 §8)
    private static Capabilities ReadFamily(ref WireReader body, Capabilities into)
    {
        if (!body.TryU16(out var afi) || !body.TryU8(out _) || !body.TryU8(out var safi))
        {
            return into;
        }
        var family = new Family(afi, safi);
        return into.Families.Contains(family) ? into : into with { Families = into.Families.Add(family) };
    }

    private static void WriteFamilies(Capabilities from, OctetBuffer to)
    {
        foreach (var family in from.Families)
        {
            to.U8((byte)CapabilityCode.MultiProtocol);
            to.U8(4);
            to.U16(family.Afi);
            to.U8(0);
            to.U8(family.Safi);
        }
    }

    private static Capabilities ReadAs(ref WireReader body, Capabilities into) =>
        body.TryU32(out var number) ? into with { FourOctetAs = number } : into;

    private static void WriteAs(Capabilities from, OctetBuffer to)
    {
        if (from.FourOctetAs is { } number)
        {
            to.U8((byte)CapabilityCode.FourOctetAs);
            to.U8(4);
            to.U32(number);
        }
    }

    // Per family: AFI 2 | SAFI 1 | send/receive 1 (RFC 7911 §4); other values of the last are ignored.
    private static Capabilities ReadAddPath(ref WireReader body, Capabilities into)
    {
        while (body.TryU16(out var afi) && body.TryU8(out var safi) && body.TryU8(out var mode))
        {
            if (mode is >= 1 and <= 3)
            {
                into = into with { AddPath = into.AddPath.SetItem(new Family(afi, safi), (AddPathMode)mode) };
            }
        }
        return into;
    }

    private static void WriteAddPath(Capabilities from, OctetBuffer to)
    {
        if (from.AddPath.IsEmpty)
        {
            return;
        }
        to.U8((byte)CapabilityCode.AddPath);
        to.U8(4 * from.AddPath.Count);
        foreach (var (family, mode) in from.AddPath.OrderBy(row => row.Key.Afi).ThenBy(row => row.Key.Safi))
        {
            to.U16(family.Afi);
            to.U8(family.Safi);
            to.U8((byte)mode);
        }
    }

    // R 1 bit | N 1 bit | 2 bits | time 12 bits, then per family AFI 2 | SAFI 1 | F 1 bit, 7 bits
    private static Capabilities ReadRestart(ref WireReader body, Capabilities into)
    {
        if (!body.TryU16(out var head))
        {
            return into;
        }
        var families = ImmutableArray.CreateBuilder<GracefulRestartFamily>();
        while (body.TryU16(out var afi) && body.TryU8(out var safi) && body.TryU8(out var flags))
        {
            families.Add(new GracefulRestartFamily(new Family(afi, safi), (flags & 0x80) != 0));
        }
        return into with
        {
            GracefulRestart = new GracefulRestart(
                (head & 0x8000) != 0,
                (head & 0x4000) != 0,
                (ushort)(head & 0xfff),
                families.ToImmutable()
            ),
        };
    }

    private static void WriteRestart(Capabilities from, OctetBuffer to)
    {
        if (from.GracefulRestart is not { } restart)
        {
            return;
        }
        to.U8((byte)CapabilityCode.GracefulRestart);
        to.U8(2 + 4 * restart.Families.Length);
        to.U16(
            (restart.Restarting ? 0x8000 : 0)
                | (restart.OnNotification ? 0x4000 : 0)
                | Math.Min((int)restart.Seconds, 0xfff)
        );
        foreach (var row in restart.Families)
        {
            to.U16(row.Family.Afi);
            to.U8(row.Family.Safi);
            to.U8(row.ForwardingKept ? 0x80 : 0);
        }
    }

    // Per family: AFI 2 | SAFI 1 | F 1 bit, 7 bits | stale time 3 octets (RFC 9494 §3.1)
    private static Capabilities ReadLongLived(ref WireReader body, Capabilities into)
    {
        var families = ImmutableArray.CreateBuilder<GracefulRestartFamily>();
        while (
            body.TryU16(out var afi)
            && body.TryU8(out var safi)
            && body.TryU8(out var flags)
            && body.TryTake(3, out var time)
        )
        {
            var seconds = ((uint)time[0] << 16) | ((uint)time[1] << 8) | time[2];
            families.Add(new GracefulRestartFamily(new Family(afi, safi), (flags & 0x80) != 0, seconds));
        }
        return into with { LongLived = families.ToImmutable() };
    }

    private static void WriteLongLived(Capabilities from, OctetBuffer to)
    {
        if (from.LongLived.IsDefault)
        {
            return;
        }
        to.U8((byte)CapabilityCode.LongLivedGracefulRestart);
        to.U8(7 * from.LongLived.Length);
        foreach (var row in from.LongLived)
        {
            to.U16(row.Family.Afi);
            to.U8(row.Family.Safi);
            to.U8(row.ForwardingKept ? 0x80 : 0);
            to.U24(Math.Min(row.LongLivedSeconds, 0xff_ffff));
        }
    }
}
