using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>The routes of a namespace (RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE).</summary>
public sealed class Routes
{
    private const ushort New = 24;
    private const ushort Remove = 25;
    private const ushort Get = 26;
    private const ushort AttributeDestination = 1;
    private const ushort AttributeLink = 4;
    private const ushort AttributeGateway = 5;
    private const ushort AttributeMetric = 6;
    private const ushort AttributeSource = 7; // RTA_PREFSRC
    private const ushort AttributeTable = 15;
    private const byte Unicast = 1;
    private const byte LinkScope = 253;
    private const uint FlagOnLink = 0x4;
    private const uint FlagCloned = 0x200;

    private readonly NetlinkSocket socket;

    internal Routes(NetlinkSocket socket) => this.socket = socket;

    /// <summary>Equivalent to <c>ip route add</c>; EEXIST if the prefix has a route of that metric.</summary>
    public void Add(Route route) => Put(route, "add route", NetlinkMessage.Create | NetlinkMessage.Exclusive);

    /// <summary>Equivalent to <c>ip route replace</c>.</summary>
    public void Replace(Route route) => Put(route, "replace route", NetlinkMessage.Create | NetlinkMessage.Replace);

    /// <returns>False if there was none.</returns>
    public bool Delete(Route route)
    {
        var message = new NetlinkMessage(Remove, NetlinkMessage.Acknowledge);
        Put(message, route, isRemoval: true);
        return socket.TryRequest(message, "delete route", route.ToString()) switch
        {
            null => true,
            { Errno: Errno.ESRCH or Errno.ENODEV } => false,
            var failure => throw failure,
        };
    }

    /// <summary>Unicast routes of both families and all tables but the kernel's <c>local</c>.</summary>
    public List<Route> List() =>
        socket.Dump<Route>(
            () => new NetlinkMessage(Get, NetlinkMessage.Dump).Put(default(Header)),
            "list routes",
            TryRead
        );

    private void Put(Route route, string operation, ushort flags)
    {
        var message = new NetlinkMessage(New, (ushort)(NetlinkMessage.Acknowledge | flags));
        Put(message, route, isRemoval: false);
        socket.Request(message, operation, route.ToString());
    }

    private static void Put(NetlinkMessage message, Route route, bool isRemoval)
    {
        message.Put(
            new Header
            {
                Family = (byte)(route.Prefix.Family == AddressFamily.IPv4 ? Libc.AfInet : Libc.AfInet6),
                DestinationLength = route.Prefix.Length,
                Table = (byte)(route.Table > byte.MaxValue ? 0 : route.Table),
                Protocol = isRemoval ? (byte)0 : route.Protocol,
                // A removal leaves the scope open (RT_SCOPE_NOWHERE), as iproute2 does: any route of the prefix fits.
                Scope =
                    isRemoval ? byte.MaxValue
                    : route.Gateway is null && route.Prefix.Family == AddressFamily.IPv4 ? LinkScope
                    : (byte)0,
                Type = Unicast,
                Flags = route.OnLink ? FlagOnLink : 0,
            }
        );
        message.Attribute(AttributeTable, route.Table);
        if (route.Prefix.Length > 0)
        {
            message.Attribute(AttributeDestination, route.Prefix.Address);
        }
        if (route.Link != 0)
        {
            message.Attribute(AttributeLink, (uint)route.Link);
        }
        if (route.Gateway is { } gateway)
        {
            message.Attribute(AttributeGateway, gateway);
        }
        if (route.Source is { } source)
        {
            message.Attribute(AttributeSource, source);
        }
        if (route.Metric != 0)
        {
            message.Attribute(AttributeMetric, route.Metric);
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out Route route)
    {
        route = default;
        var size = Marshal.SizeOf<Header>();
        if (body.Length < size)
        {
            return false;
        }
        var header = MemoryMarshal.Read<Header>(body);
        var isIPv4 = header.Family == Libc.AfInet;
        if (header.Type != Unicast || (header.Flags & FlagCloned) != 0 || (!isIPv4 && header.Family != Libc.AfInet6))
        {
            return false;
        }
        var destination = isIPv4 ? Address.V4(0) : Address.V6(0);
        route = new Route(
            default,
            0,
            OnLink: (header.Flags & FlagOnLink) != 0,
            Protocol: header.Protocol,
            Table: header.Table
        );
        var attributes = new NetlinkAttributes(body[size..]);
        while (attributes.TryNext(out var type, out var payload))
        {
            switch (type)
            {
                case AttributeDestination when payload.Length == destination.Size:
                    destination = Address.Read(payload);
                    break;
                case AttributeGateway when payload.Length is 4 or 16:
                    route = route with { Gateway = Address.Read(payload) };
                    break;
                case AttributeSource when payload.Length is 4 or 16:
                    route = route with { Source = Address.Read(payload) };
                    break;
                case AttributeLink:
                    route = route with { Link = (int)NetlinkAttributes.Number(payload) };
                    break;
                case AttributeMetric:
                    route = route with { Metric = NetlinkAttributes.Number(payload) };
                    break;
                case AttributeTable:
                    route = route with { Table = NetlinkAttributes.Number(payload) };
                    break;
            }
        }
        route = route with { Prefix = new Prefix(destination, header.DestinationLength) };
        return true;
    }

    /// <summary><c>struct rtmsg</c>, 12 octets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte Tos;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }
}
