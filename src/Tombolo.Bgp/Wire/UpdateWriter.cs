using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// Packs NLRI with shared attributes into as few UPDATEs as their size allows. Begin, then Add each NLRI, then End.
/// </summary>
public sealed class UpdateWriter(OctetBuffer target)
{
    private OctetBuffer to = target;
    private readonly OctetBuffer head = new(512);
    private FamilyDescriptor family = Families.All[0];
    private bool addPath;
    private bool withdrawn;
    private int limit;
    private int message = -1;
    private int reachLength = -1;
    private int attributesLength = -1;
    private int trailer;
    private Address nextHop;

    /// <summary>Octets that an UPDATE's attributes may take and leave room for one NLRI.</summary>
    public static int Room(bool extended) =>
        (extended ? Message.MaxExtendedOctets : Message.MaxOctets) - Message.HeaderOctets - 4 - 128;

    /// <summary>Goes on in another buffer; no message may be open.</summary>
    public void Target(OctetBuffer other) => to = other;

    public void BeginWithdraw(FamilyDescriptor descriptor, bool sendsPathIds, bool extended) =>
        Start(descriptor, sendsPathIds, extended, true);

    /// <summary>Starts routes with these attributes.</summary>
    /// <returns>False if the attributes do not fit in a message (RFC 8654 §4): the routes cannot be announced.</returns>
    public bool Begin(
        FamilyDescriptor descriptor,
        AttributeSet attributes,
        bool sendsPathIds,
        bool extended,
        bool fourOctetAs
    )
    {
        Start(descriptor, sendsPathIds, extended, false);
        WriteAttributes(attributes, fourOctetAs);
        nextHop = attributes.NextHop;
        trailer = descriptor.IsClassic ? 0 : head.Count;
        return head.Count <= Room(extended);
    }

    public void Add(in Nlri nlri)
    {
        if (message >= 0 && to.Count - message + trailer + family.MaxOctets + 4 > limit)
        {
            End();
        }
        if (message < 0)
        {
            Open();
        }
        family.WriteTo(to, nlri, addPath, withdrawn);
    }

    /// <summary>Closes the message that is open, if one is.</summary>
    public void End()
    {
        if (message < 0)
        {
            return;
        }
        if (reachLength >= 0)
        {
            to.CloseU16(reachLength);
            to.Octets(head.Written);
        }
        if (attributesLength >= 0)
        {
            to.CloseU16(attributesLength);
        }
        if (withdrawn && family.IsClassic)
        {
            to.U16(0);
        }
        Message.End(to, message);
        message = -1;
    }

    /// <summary>End-of-RIB (RFC 4724 §2): an empty UPDATE, or an empty MP_UNREACH_NLRI of the family.</summary>
    public static void WriteEndOfRib(OctetBuffer to, FamilyDescriptor family)
    {
        var start = Message.Begin(to, MessageType.Update);
        to.U16(0);
        if (family.IsClassic)
        {
            to.U16(0);
        }
        else
        {
            to.U16(6);
            to.U8((byte)AttributeFlags.Optional);
            to.U8((byte)AttributeCode.MpUnreach);
            to.U8(3);
            to.U16(family.Family.Afi);
            to.U8(family.Family.Safi);
        }
        Message.End(to, start);
    }

    private void Start(FamilyDescriptor descriptor, bool sendsPathIds, bool extended, bool withdraws)
    {
        family = descriptor;
        addPath = sendsPathIds;
        withdrawn = withdraws;
        limit = extended ? Message.MaxExtendedOctets : Message.MaxOctets;
        message = -1;
        trailer = 0;
        head.Clear();
    }

    private void Open()
    {
        message = Message.Begin(to, MessageType.Update);
        reachLength = attributesLength = -1;
        if (family.IsClassic)
        {
            if (withdrawn)
            {
                attributesLength = to.OpenU16();
                return;
            }
            to.U16(0);
            to.U16(head.Count);
            to.Octets(head.Written);
            return;
        }
        // The MP field comes first, so that a receiver finds the routes even where the rest is broken (RFC 7606 §5.1);
        // the other attributes follow when the message is closed.
        to.U16(0);
        attributesLength = to.OpenU16();
        to.U8((byte)(AttributeFlags.Optional | AttributeFlags.ExtendedLength));
        to.U8((byte)(withdrawn ? AttributeCode.MpUnreach : AttributeCode.MpReach));
        reachLength = to.OpenU16();
        to.U16(family.Family.Afi);
        to.U8(family.Family.Safi);
        if (!withdrawn)
        {
            WriteNextHop();
            to.U8(0);
        }
    }

    private void WriteNextHop()
    {
        Span<byte> octets = stackalloc byte[16];
        // An IPv4 next hop in IPv6 families is written v4-mapped (RFC 4659 §3.2.1.2, RFC 4798 §2).
        var mapped = nextHop.IsIPv4 && family.Family.Afi == 2;
        var address = mapped ? Address.V6(nextHop.Bits | ((UInt128)0xffff << 32)) : nextHop;
        var size = address.Write(octets);
        to.U8(size + (family.NextHopHasDistinguisher ? 8 : 0));
        if (family.NextHopHasDistinguisher)
        {
            to.U64(0);
        }
        to.Octets(octets[..size]);
    }

    private void WriteAttributes(AttributeSet attributes, bool fourOctetAs)
    {
        var classic = family.IsClassic;
        byte[]? as4Path = null;
        byte[]? as4Aggregator = null;
        foreach (var attribute in attributes.Attributes)
        {
            if (classic && attribute.Code > (byte)AttributeCode.NextHop)
            {
                WriteClassicNextHop(attributes.NextHop);
                classic = false;
            }
            if (as4Path is not null && attribute.Code > (byte)AttributeCode.As4Path)
            {
                WriteAs4Path(ref as4Path);
            }
            switch ((AttributeCode)attribute.Code)
            {
                case AttributeCode.AsPath when !fourOctetAs:
                    as4Path = WriteNarrowPath(attribute);
                    break;
                case AttributeCode.Aggregator when !fourOctetAs:
                    as4Aggregator = WriteNarrowAggregator(attribute);
                    break;
                default:
                    Attribute.Write(head, attribute.Flags, attribute.Code, attribute.Value);
                    break;
            }
        }
        if (classic)
        {
            WriteClassicNextHop(attributes.NextHop);
        }
        WriteAs4Path(ref as4Path);
        if (as4Aggregator is not null)
        {
            const AttributeFlags flags = AttributeFlags.Optional | AttributeFlags.Transitive;
            Attribute.Write(head, flags, (byte)AttributeCode.As4Aggregator, as4Aggregator);
        }
    }

    private void WriteClassicNextHop(Address address)
    {
        Span<byte> octets = stackalloc byte[16];
        var size = address.Write(octets);
        Attribute.Write(head, AttributeFlags.Transitive, (byte)AttributeCode.NextHop, octets[..size]);
    }

    private byte[]? WriteNarrowPath(in Attribute path)
    {
        var narrow = new OctetBuffer(256);
        var lost = AsPath.Narrow(path.Value, narrow);
        Attribute.Write(head, path.Flags, path.Code, narrow.Written);
        return lost ? path.Value.ToArray() : null;
    }

    private byte[]? WriteNarrowAggregator(in Attribute aggregator)
    {
        var wide = aggregator.Value[0] != 0 || aggregator.Value[1] != 0;
        Span<byte> narrow = stackalloc byte[6];
        (wide ? [OpenMessage.AsTrans >> 8, OpenMessage.AsTrans & 0xff] : aggregator.Value[2..4]).CopyTo(narrow);
        aggregator.Value[4..8].CopyTo(narrow[2..]);
        Attribute.Write(head, aggregator.Flags, aggregator.Code, narrow);
        return wide ? aggregator.Value.ToArray() : null;
    }

    private void WriteAs4Path(ref byte[]? path)
    {
        if (path is not null)
        {
            const AttributeFlags flags = AttributeFlags.Optional | AttributeFlags.Transitive;
            Attribute.Write(head, flags, (byte)AttributeCode.As4Path, path);
            path = null;
        }
    }
}
