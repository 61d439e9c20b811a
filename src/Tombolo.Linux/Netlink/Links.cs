using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>The links of a namespace (RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK).</summary>
public sealed class Links
{
    private const ushort New = 16;
    private const ushort Remove = 17;
    private const ushort Get = 18;

    private const ushort AttributeMac = 1; // IFLA_ADDRESS
    private const ushort AttributeName = 3;
    private const ushort AttributeMtu = 4;
    private const ushort AttributeLink = 5;
    private const ushort AttributeInfo = 18;
    private const ushort AttributeAlias = 20;
    private const ushort AttributeGroup = 27;
    private const ushort AttributeNamespaceFd = 28;
    private const ushort AttributeExtendedMask = 29;
    private const ushort InfoKind = 1;
    private const ushort InfoData = 2;
    private const ushort VethPeer = 1; // VETH_INFO_PEER
    private const ushort VxlanLearning = 7;
    private const ushort VxlanPort = 15;
    private const ushort VxlanExternal = 25; // IFLA_VXLAN_COLLECT_METADATA

    private const uint FlagUp = 0x1;
    private const uint FlagLowerUp = 0x10000;

    // A group no configuration uses, so that a batch of links can be removed by one message.
    private const uint DoomedGroup = 0x746f6d62;

    private readonly NetlinkSocket socket;

    internal Links(NetlinkSocket socket) => this.socket = socket;

    /// <summary>
    /// Makes a veth pair with names, MACs, MTUs and namespaces by one message. The near end is set up at once if asked; the
    /// far end never (IFF_UP inside VETH_INFO_PEER fails with ENOTCONN): set it up from its own namespace.
    /// </summary>
    public void AddVeth(VethEnd near, VethEnd far, bool up = true)
    {
        var message = new NetlinkMessage(
            New,
            NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive
        );
        message.Put(new Header { Flags = up ? FlagUp : 0, Change = up ? FlagUp : 0 });
        PutEnd(message, near);
        message.Nest(
            AttributeInfo,
            info =>
            {
                info.Attribute(InfoKind, "veth");
                info.Nest(InfoData, data => data.Nest(VethPeer, peer => PutEnd(peer.Put(default(Header)), far)));
            }
        );
        socket.Request(message, "add veth", $"{near.Name} and {far.Name}");
    }

    /// <summary>
    /// Makes a VXLAN device that is controlled from outside (<c>external</c>): while it is up, the port is open and what
    /// comes to it is aggregated. It is down.
    /// </summary>
    /// <exception cref="LinuxException">EEXIST: there is one of that name; EOPNOTSUPP: the kernel has no VXLAN.</exception>
    public void AddVxlan(string name, Mac mac, ushort port)
    {
        var message = new NetlinkMessage(
            New,
            NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive
        );
        message.Put(default(Header)).Attribute(AttributeName, name).Attribute(AttributeMac, mac);
        message.Nest(
            AttributeInfo,
            info =>
            {
                info.Attribute(InfoKind, "vxlan");
                info.Nest(
                    InfoData,
                    data =>
                    {
                        data.Attribute(VxlanExternal, [1]);
                        data.Attribute(VxlanLearning, [0]);
                        data.Attribute(VxlanPort, [(byte)(port >> 8), (byte)port]);
                    }
                );
            }
        );
        socket.Request(message, "add VXLAN device", name);
    }

    /// <summary>All links, in the kernel's order.</summary>
    public List<Link> List() =>
        socket.Dump<Link>(
            () => new NetlinkMessage(Get, NetlinkMessage.Dump).Put(default(Header)),
            "list links",
            TryRead
        );

    /// <summary>Null if there is none of that name.</summary>
    public Link? Find(string name) =>
        Find(
            new NetlinkMessage(Get, NetlinkMessage.Acknowledge).Put(default(Header)).Attribute(AttributeName, name),
            name
        );

    /// <summary>Null if there is none of that index.</summary>
    public Link? Find(int index) =>
        Find(new NetlinkMessage(Get, NetlinkMessage.Acknowledge).Put(new Header { Index = index }), $"{index}");

    /// <exception cref="LinuxException">ENODEV: there is none of that name.</exception>
    public Link Named(string name) => Find(name) ?? throw new LinuxException("netlink: find link", name, Errno.ENODEV);

    public void SetUp(int index) => Change(index, "set link up", FlagUp, null);

    public void SetDown(int index) => Change(index, "set link down", 0, null);

    /// <summary>Sets the loopback up, which gives a new namespace 127.0.0.1 and ::1.</summary>
    public void SetLoopbackUp() => SetUp(1);

    /// <summary>Renames a link; older kernels want it down.</summary>
    public void Rename(int index, string name) =>
        Change(index, "rename link", null, message => message.Attribute(AttributeName, name));

    public void SetMac(int index, Mac mac) =>
        Change(index, "set MAC of link", null, message => message.Attribute(AttributeMac, mac));

    public void SetMtu(int index, int mtu) =>
        Change(index, "set MTU of link", null, message => message.Attribute(AttributeMtu, (uint)mtu));

    /// <summary>Free text of at most 255 octets, by which a link's owner knows it again.</summary>
    public void SetAlias(int index, string alias) =>
        Change(
            index,
            "set alias of link",
            null,
            message => message.Attribute(AttributeAlias, System.Text.Encoding.UTF8.GetBytes(alias))
        );

    /// <summary>Moves a link into another namespace, where it is down and has another index if its own is taken.</summary>
    public void Move(int index, SafeFileHandle target) =>
        Change(
            index,
            "move link",
            null,
            message => message.Attribute(AttributeNamespaceFd, (uint)target.DangerousGetHandle())
        );

    /// <summary>
    /// Deletes a link, and with a veth its other end. It takes an RCU grace period (about 18 ms): use <see
    /// cref="DeleteAll"/> for several, or let a veth go with its namespace.
    /// </summary>
    /// <returns>False if there was none.</returns>
    public bool Delete(int index)
    {
        var message = new NetlinkMessage(Remove, NetlinkMessage.Acknowledge).Put(new Header { Index = index });
        return socket.TryRequest(message, "delete link", $"{index}", null) switch
        {
            null => true,
            { Errno: Errno.ENODEV } => false,
            var failure => throw failure,
        };
    }

    /// <summary>Deletes many links in one grace period: they are gathered in a group, and the group is deleted.</summary>
    public void DeleteAll(IEnumerable<int> indexes)
    {
        var any = false;
        foreach (var index in indexes)
        {
            var message = new NetlinkMessage(New, NetlinkMessage.Acknowledge)
                .Put(new Header { Index = index })
                .Attribute(AttributeGroup, DoomedGroup);
            var failure = socket.TryRequest(message, "group link", $"{index}", null);
            if (failure is not null and not { Errno: Errno.ENODEV })
            {
                throw failure;
            }
            any |= failure is null;
        }
        if (!any)
        {
            return;
        }
        var remove = new NetlinkMessage(Remove, NetlinkMessage.Acknowledge)
            .Put(default(Header))
            .Attribute(AttributeGroup, DoomedGroup);
        if (socket.TryRequest(remove, "delete link group", "", null) is { Errno: not Errno.ENODEV } refused)
        {
            throw refused;
        }
    }

    private void Change(int index, string operation, uint? up, Action<NetlinkMessage>? attributes)
    {
        var header = new Header
        {
            Index = index,
            Flags = up ?? 0,
            Change = up is null ? 0 : FlagUp,
        };
        var message = new NetlinkMessage(New, NetlinkMessage.Acknowledge).Put(header);
        attributes?.Invoke(message);
        socket.Request(message, operation, $"{index}");
    }

    private Link? Find(NetlinkMessage message, string on)
    {
        message.Attribute(AttributeExtendedMask, 8); // RTEXT_FILTER_SKIP_STATS
        Link? found = null;
        var failure = socket.TryRequest(
            message,
            "get link",
            on,
            (_, body) =>
            {
                if (TryRead(body, out var link))
                {
                    found = link;
                }
            }
        );
        return failure is null or { Errno: Errno.ENODEV } ? found : throw failure;
    }

    private static void PutEnd(NetlinkMessage message, VethEnd end)
    {
        message.Attribute(AttributeName, end.Name);
        if (end.Mac is { } mac)
        {
            message.Attribute(AttributeMac, mac);
        }
        if (end.Mtu != 0)
        {
            message.Attribute(AttributeMtu, (uint)end.Mtu);
        }
        if (end.Namespace is { } target)
        {
            message.Attribute(AttributeNamespaceFd, (uint)target.DangerousGetHandle());
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out Link link)
    {
        link = default;
        var size = Marshal.SizeOf<Header>();
        if (body.Length < size)
        {
            return false;
        }
        var header = MemoryMarshal.Read<Header>(body);
        link = new Link(
            header.Index,
            "",
            "",
            default,
            0,
            (header.Flags & FlagUp) != 0,
            (header.Flags & FlagLowerUp) != 0,
            0,
            0,
            ""
        );
        var attributes = new NetlinkAttributes(body[size..]);
        while (attributes.TryNext(out var type, out var payload))
        {
            link = type switch
            {
                AttributeName => link with { Name = NetlinkAttributes.Text(payload) },
                AttributeMac when payload.Length == 6 => link with { Mac = Mac.Read(payload) },
                AttributeMtu => link with { Mtu = (int)NetlinkAttributes.Number(payload) },
                AttributeLink => link with { Peer = (int)NetlinkAttributes.Number(payload) },
                AttributeGroup => link with { Group = NetlinkAttributes.Number(payload) },
                AttributeAlias => link with { Alias = NetlinkAttributes.Text(payload) },
                AttributeInfo => link with { Kind = ReadKind(payload) },
                _ => link,
            };
        }
        return true;
    }

    private static string ReadKind(ReadOnlySpan<byte> info)
    {
        var attributes = new NetlinkAttributes(info);
        while (attributes.TryNext(out var type, out var payload))
        {
            if (type == InfoKind)
            {
                return NetlinkAttributes.Text(payload);
            }
        }
        return "";
    }

    /// <summary><c>struct ifinfomsg</c>, 16 octets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Pad;
        public ushort Type;
        public int Index;
        public uint Flags;
        public uint Change;
    }
}
