using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// Reads UPDATEs (RFC 4271 §4.3) and judges their errors by RFC 7606: withdrawn 2 + n | attributes 2 + n | NLRI. One
/// reader serves one loop; what it gives stays valid until its next Read and while the body's memory does.
/// </summary>
public sealed class UpdateReader
{
    private readonly (AttributeFlags Flags, byte Code, int Start, int Length)[] found = new (
        AttributeFlags,
        byte,
        int,
        int
    )[256];
    private readonly OctetBuffer canonical = new(1024);
    private readonly ulong[] seen = new ulong[4];
    private int count;
    private int kepts;

    /// <summary>The strongest action that an error in this message asks for.</summary>
    public UpdateAction Action { get; private set; }

    /// <summary>What was wrong, in the form of the NOTIFICATION that a reset would send; null if nothing was.</summary>
    public NotificationMessage? Error { get; private set; }

    /// <summary>The attribute that was wrong; 0 if none.</summary>
    public byte ErrorAttribute { get; private set; }

    /// <summary>IPv4 unicast NLRI that are withdrawn, and those that are announced with <see cref="NextHop"/>.</summary>
    public Range Withdrawn { get; private set; }

    public Range Announced { get; private set; }

    public Address NextHop { get; private set; }

    public Family ReachFamily { get; private set; }

    public Range Reach { get; private set; }

    public Address ReachNextHop { get; private set; }

    public Family UnreachFamily { get; private set; }

    public Range Unreach { get; private set; }

    public bool HasReach { get; private set; }

    public bool HasUnreach { get; private set; }

    /// <summary>The other attributes in the form that <see cref="AttributeSet"/> keeps.</summary>
    public ReadOnlySpan<byte> Canonical => canonical.Written;

    /// <summary>The family whose initial routes end here (RFC 4724 §2): an UPDATE that says nothing else.</summary>
    public Family? EndOfRib =>
        Action != UpdateAction.None || !IsEmpty(Withdrawn) || !IsEmpty(Announced) || HasReach ? null
        : HasUnreach ? (IsEmpty(Unreach) && count == 1 ? UnreachFamily : null)
        : count == 0 ? Family.IPv4Unicast
        : null;

    /// <summary>Reads one body (after the header).</summary>
    /// <returns>False if the session must be reset with <see cref="Error"/>; nothing else is valid then.</returns>
    public bool Read(ReadOnlySpan<byte> body, in SessionTraits session)
    {
        Clear();
        if (body.Length < 4)
        {
            return Reset(1, default);
        }
        var withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (withdrawn + 4 > body.Length)
        {
            return Reset(1, default);
        }
        var attributes = BinaryPrimitives.ReadUInt16BigEndian(body[(2 + withdrawn)..]);
        var start = 4 + withdrawn;
        if (start + attributes > body.Length)
        {
            return Reset(1, default);
        }
        Withdrawn = new Range(2, 2 + withdrawn);
        Announced = new Range(start + attributes, body.Length);
        if (!Collect(body, start, start + attributes, session))
        {
            return false;
        }
        if (!IsEmpty(Announced) || HasReach)
        {
            RequireMandatory();
        }
        WriteCanonical(body, session);
        return true;
    }

    private static bool IsEmpty(Range range) => range.Start.Value == range.End.Value;

    private bool Collect(ReadOnlySpan<byte> body, int at, int end, in SessionTraits session)
    {
        while (at < end)
        {
            // flags 1 | code 1 | length 1 or 2 | value; an overrun leaves the NLRI in reach (RFC 7606 §4).
            var wide = (body[at] & (byte)AttributeFlags.ExtendedLength) != 0;
            var head = wide ? 4 : 3;
            if (end - at < head)
            {
                Fault(UpdateAction.TreatAsWithdraw, 5, end - at > 1 ? body[at + 1] : (byte)0, body[at..end]);
                return true;
            }
            var flags = (AttributeFlags)body[at] & ~AttributeFlags.ExtendedLength;
            var code = body[at + 1];
            var length = wide ? BinaryPrimitives.ReadUInt16BigEndian(body[(at + 2)..]) : body[at + 2];
            if (end - at - head < length)
            {
                Fault(UpdateAction.TreatAsWithdraw, 5, code, body[at..Math.Min(end, at + 64)]);
                return true;
            }
            if (!Take(body, flags, code, at + head, length, session))
            {
                return false;
            }
            at += head + length;
        }
        return true;
    }

    private bool Take(
        ReadOnlySpan<byte> body,
        AttributeFlags flags,
        byte code,
        int start,
        int length,
        in SessionTraits session
    )
    {
        var value = body.Slice(start, length);
        ref var word = ref seen[code >> 6];
        var bit = 1ul << (code & 63);
        if ((word & bit) != 0)
        {
            // RFC 7606 §3 g: a second MP field resets, a second of any other is left out.
            return (AttributeCode)code is not (AttributeCode.MpReach or AttributeCode.MpUnreach)
                ? Fault(UpdateAction.AttributeDiscard, 1, code, default)
                : Reset(1, default);
        }
        word |= bit;
        var row = AttributeTable.Find(code);
        if (row is null)
        {
            return TakeUnknown(flags, code, start, length, value);
        }
        const AttributeFlags kind = AttributeFlags.Optional | AttributeFlags.Transitive;
        if ((flags & kind) != row.Flags)
        {
            // RFC 7606 §3 c; for MP fields the routes themselves are in doubt.
            return row.OnError == UpdateAction.SessionReset
                ? Reset(4, value, code)
                : Fault(UpdateAction.TreatAsWithdraw, 4, code, value);
        }
        if (row.InternalOnly && !session.IsInternal)
        {
            return true;
        }
        switch (row.Code)
        {
            case AttributeCode.MpReach:
                return TakeReach(value, start);
            case AttributeCode.MpUnreach:
                return TakeUnreach(value, start);
        }
        if (!row.Check(value, session))
        {
            return Fault(row.OnError, row.Code == AttributeCode.NextHop ? (byte)8 : (byte)5, code, value);
        }
        if (row.Code == AttributeCode.NextHop)
        {
            NextHop = Address.Read(value);
        }
        // Only optional transitive attributes may be partial (RFC 4271 §4.3).
        var partial = row.Flags == kind ? flags & AttributeFlags.Partial : 0;
        Keep(row.Flags | partial, code, start, length);
        return true;
    }

    private bool TakeUnknown(AttributeFlags flags, byte code, int start, int length, ReadOnlySpan<byte> value)
    {
        if ((flags & AttributeFlags.Optional) == 0)
        {
            return Reset(2, value, code);
        }
        if ((flags & AttributeFlags.Transitive) != 0)
        {
            Keep(flags | AttributeFlags.Partial, code, start, length);
        }
        return true;
    }

    // AFI 2 | SAFI 1 | next hop length 1 | next hop | reserved 1 | NLRI (RFC 4760 §3)
    private bool TakeReach(ReadOnlySpan<byte> value, int start)
    {
        var wire = new WireReader(value);
        if (
            !wire.TryU16(out var afi)
            || !wire.TryU8(out var safi)
            || !wire.TryU8(out var length)
            || !wire.TryTake(length, out var nextHop)
            || !wire.TryU8(out _)
        )
        {
            return Reset(9, value, (byte)AttributeCode.MpReach);
        }
        count++;
        HasReach = true;
        ReachFamily = new Family(afi, safi);
        Reach = new Range(start + 5 + length, start + value.Length);
        if (Families.Find(ReachFamily) is { } row)
        {
            if (!TryNextHop(nextHop, row, out var address))
            {
                return Reset(9, value, (byte)AttributeCode.MpReach);
            }
            ReachNextHop = address;
            if (!IsNextHop(address))
            {
                return Fault(UpdateAction.TreatAsWithdraw, 8, (byte)AttributeCode.MpReach, value);
            }
        }
        return true;
    }

    private bool TakeUnreach(ReadOnlySpan<byte> value, int start)
    {
        var wire = new WireReader(value);
        if (!wire.TryU16(out var afi) || !wire.TryU8(out var safi))
        {
            return Reset(9, value, (byte)AttributeCode.MpUnreach);
        }
        count++;
        HasUnreach = true;
        UnreachFamily = new Family(afi, safi);
        Unreach = new Range(start + 3, start + value.Length);
        return true;
    }

    // 4 or 16 octets, after a zero RD in VPN families; a second, link-local address (RFC 2545 §3) is of use to nobody but
    // the receiver itself and is not kept.
    private static bool TryNextHop(ReadOnlySpan<byte> octets, FamilyDescriptor row, out Address address)
    {
        var head = row.NextHopHasDistinguisher ? 8 : 0;
        var size = octets.Length - head;
        address = default;
        if (octets.Length == 2 * (head + 16))
        {
            size = 16;
        }
        var fits = size == 16 || (size == 4 && row.Family.Afi != 2) || (size == 4 && row.NextHopHasDistinguisher);
        if (!fits || (row.IsClassic && size == 16))
        {
            return false;
        }
        address = Address.Read(octets.Slice(head, size));
        return true;
    }

    /// <summary>False for none, multicast and the limited broadcast: nobody's next hop (RFC 4271 §6.3).</summary>
    internal static bool IsNextHop(Address address) =>
        address.Bits != 0 && !address.IsMulticast && address != Address.V4(uint.MaxValue);

    private void RequireMandatory()
    {
        var missing =
            !Seen(AttributeCode.Origin) ? AttributeCode.Origin
            : !Seen(AttributeCode.AsPath) ? AttributeCode.AsPath
            : !IsEmpty(Announced) && !Seen(AttributeCode.NextHop) ? AttributeCode.NextHop
            : 0;
        if (missing != 0)
        {
            Fault(UpdateAction.TreatAsWithdraw, 3, (byte)missing, [(byte)missing]);
        }
    }

    private bool Seen(AttributeCode code) => (seen[(byte)code >> 6] & (1ul << ((byte)code & 63))) != 0;

    private void WriteCanonical(ReadOnlySpan<byte> body, in SessionTraits session)
    {
        if (Action >= UpdateAction.TreatAsWithdraw)
        {
            return;
        }
        var kept = found.AsSpan(0, kepts);
        for (var i = 1; i < kept.Length; i++)
        {
            if (kept[i].Code < kept[i - 1].Code)
            {
                kept.Sort(static (left, right) => left.Code.CompareTo(right.Code));
                break;
            }
        }
        foreach (var (flags, code, start, length) in kept)
        {
            var value = body.Slice(start, length);
            switch ((AttributeCode)code)
            {
                case AttributeCode.NextHop or AttributeCode.As4Path or AttributeCode.As4Aggregator:
                    break;
                case AttributeCode.AsPath when !session.FourOctetAs:
                    Attribute.Write(canonical, flags, code, AsPath.Merge(value, As4(body, AttributeCode.As4Path)));
                    break;
                case AttributeCode.Aggregator when !session.FourOctetAs:
                    Attribute.Write(
                        canonical,
                        flags,
                        code,
                        WideAggregator(value, Old(body, AttributeCode.As4Aggregator))
                    );
                    break;
                default:
                    Attribute.Write(canonical, flags, code, value);
                    break;
            }
        }
    }

    // RFC 6793 §4.2.3: an AGGREGATOR that is not AS_TRANS says that both AS4 attributes are stale.
    private ReadOnlySpan<byte> As4(ReadOnlySpan<byte> body, AttributeCode code)
    {
        var aggregator = Old(body, AttributeCode.Aggregator);
        return
            aggregator.Length == 6
            && BinaryPrimitives.ReadUInt16BigEndian(aggregator) != OpenMessage.AsTrans
            && Old(body, AttributeCode.As4Aggregator).Length == 8
            ? default
            : Old(body, code);
    }

    private ReadOnlySpan<byte> Old(ReadOnlySpan<byte> body, AttributeCode code)
    {
        foreach (var row in found.AsSpan(0, kepts))
        {
            if (row.Code == (byte)code)
            {
                return body.Slice(row.Start, row.Length);
            }
        }
        return default;
    }

    private static byte[] WideAggregator(ReadOnlySpan<byte> value, ReadOnlySpan<byte> as4)
    {
        if (as4.Length == 8 && BinaryPrimitives.ReadUInt16BigEndian(value) == OpenMessage.AsTrans)
        {
            return as4.ToArray();
        }
        var wide = new byte[8];
        value[..2].CopyTo(wide.AsSpan(2));
        value[2..6].CopyTo(wide.AsSpan(4));
        return wide;
    }

    private void Keep(AttributeFlags flags, byte code, int start, int length)
    {
        count++;
        found[kepts++] = (flags, code, start, length);
    }

    private bool Fault(UpdateAction action, byte subcode, byte code, ReadOnlySpan<byte> data)
    {
        if (action > Action)
        {
            Action = action;
            ErrorAttribute = code;
            Error = new NotificationMessage(ErrorCode.Update, subcode, data.ToArray());
        }
        return true;
    }

    private bool Reset(byte subcode, ReadOnlySpan<byte> data, byte code = 0)
    {
        Action = UpdateAction.SessionReset;
        ErrorAttribute = code;
        Error = new NotificationMessage(ErrorCode.Update, subcode, data[..Math.Min(data.Length, 1024)].ToArray());
        return false;
    }

    private void Clear()
    {
        Action = UpdateAction.None;
        Error = null;
        ErrorAttribute = 0;
        Withdrawn = Announced = Reach = Unreach = default;
        NextHop = ReachNextHop = default;
        ReachFamily = UnreachFamily = default;
        HasReach = HasUnreach = false;
        canonical.Clear();
        seen.AsSpan().Clear();
        count = 0;
        kepts = 0;
    }
}
