using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>Features of a namespace's links by ethtool's generic netlink family (Linux 5.6).</summary>
public sealed class Ethtool : IDisposable
{
    private const int GenericNetlink = 16;
    private const ushort Controller = 16; // GENL_ID_CTRL
    private const byte GetFamily = 3;
    private const ushort AttributeFamilyId = 1;
    private const ushort AttributeFamilyName = 2;

    private const byte GetFeatures = 11; // ETHTOOL_MSG_FEATURES_GET
    private const byte SetFeatures = 12; // ETHTOOL_MSG_FEATURES_SET
    private const ushort AttributeHeader = 1;
    private const ushort AttributeWanted = 3;
    private const ushort AttributeActive = 4;
    private const ushort HeaderLinkIndex = 1;
    private const ushort BitsetBits = 3;
    private const ushort BitsBit = 1;
    private const ushort BitName = 2;
    private const ushort BitValue = 3;

    private readonly NetlinkSocket socket;
    private readonly ushort family;

    private Ethtool(string? namespacePath)
    {
        socket = new NetlinkSocket(GenericNetlink, namespacePath);
        var message = new NetlinkMessage(Controller, NetlinkMessage.Acknowledge).Put(new Header(GetFamily, Version: 1));
        message.Attribute(AttributeFamilyName, "ethtool");
        ushort found = 0;
        socket.Request(
            message,
            "find family",
            "ethtool",
            (_, body) =>
            {
                var attributes = new NetlinkAttributes(body[4..]);
                while (attributes.TryNext(out var type, out var payload))
                {
                    if (type == AttributeFamilyId)
                    {
                        found = (ushort)NetlinkAttributes.Number(payload);
                    }
                }
            }
        );
        family = found;
    }

    public static Ethtool Open(string? namespacePath = null) => new(namespacePath);

    /// <summary>
    /// Switches a feature by the name that <c>ethtool -k</c> shows to its driver, e.g. <c>tx-udp-segmentation</c>. A
    /// feature that the device cannot change is left as it is.
    /// </summary>
    public void SetFeature(int link, string feature, bool on)
    {
        var message = new NetlinkMessage(family, NetlinkMessage.Acknowledge).Put(new Header(SetFeatures, Version: 1));
        message.Nest(AttributeHeader, header => header.Attribute(HeaderLinkIndex, (uint)link));
        message.Nest(
            AttributeWanted,
            wanted =>
                wanted.Nest(
                    BitsetBits,
                    bits =>
                        bits.Nest(
                            BitsBit,
                            bit =>
                            {
                                bit.Attribute(BitName, feature);
                                if (on)
                                {
                                    bit.Attribute(BitValue, []);
                                }
                            }
                        )
                )
        );
        socket.Request(message, $"switch {feature} {(on ? "on" : "off")} of link", $"{link}");
    }

    /// <summary>Whether a feature is on; false too if the device does not know it.</summary>
    public bool HasFeature(int link, string feature)
    {
        var message = new NetlinkMessage(family, NetlinkMessage.Acknowledge).Put(new Header(GetFeatures, Version: 1));
        message.Nest(AttributeHeader, header => header.Attribute(HeaderLinkIndex, (uint)link));
        var has = false;
        socket.Request(message, "get features of link", $"{link}", (_, body) => has |= IsActive(body[4..], feature));
        return has;
    }

    public void Dispose() => socket.Dispose();

    // ACTIVE is a bit set without mask: BITS, in it a BIT for each feature that is on, in it its NAME.
    private static bool IsActive(ReadOnlySpan<byte> body, string feature)
    {
        var features = new NetlinkAttributes(Child(Child(body, AttributeActive), BitsetBits));
        while (features.TryNext(out _, out var bit))
        {
            if (NetlinkAttributes.Text(Child(bit, BitName)) == feature)
            {
                return true;
            }
        }
        return false;
    }

    private static ReadOnlySpan<byte> Child(ReadOnlySpan<byte> body, ushort wanted)
    {
        var attributes = new NetlinkAttributes(body);
        while (attributes.TryNext(out var type, out var payload))
        {
            if (type == wanted)
            {
                return payload;
            }
        }
        return [];
    }

    /// <summary><c>struct genlmsghdr</c>, 4 octets.</summary>
    private readonly record struct Header(byte Command, byte Version, ushort Reserved = 0);
}
