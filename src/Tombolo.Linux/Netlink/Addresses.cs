using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>An address on a link.</summary>
public readonly record struct LinkAddress(int Link, Address Address, int PrefixLength)
{
    public override string ToString() => $"{Address}/{PrefixLength} on link {Link}";
}

/// <summary>The addresses of a namespace's links (RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR).</summary>
public sealed class Addresses
{
    private const ushort New = 20;
    private const ushort Remove = 21;
    private const ushort Get = 22;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;
    private const byte NoDad = 0x2; // IFA_F_NODAD
    private const byte GlobalScope = 0;
    private const byte LinkScope = 253;

    private readonly NetlinkSocket socket;

    internal Addresses(NetlinkSocket socket) => this.socket = socket;

    /// <summary>
    /// Adds an address; an IPv6 one without duplicate address detection, so that it may be used at once. Equivalent to
    /// <c>ip address add … dev … nodad</c>.
    /// </summary>
    public void Add(int link, Address address, int prefixLength)
    {
        var message = new NetlinkMessage(
            New,
            NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive
        );
        Put(message, link, address, prefixLength);
        socket.Request(message, "add address", $"{new LinkAddress(link, address, prefixLength)}");
    }

    /// <returns>False if the link had no such address.</returns>
    public bool Delete(int link, Address address, int prefixLength)
    {
        var message = new NetlinkMessage(Remove, NetlinkMessage.Acknowledge);
        Put(message, link, address, prefixLength);
        return socket.TryRequest(message, "delete address", $"{new LinkAddress(link, address, prefixLength)}") switch
        {
            null => true,
            { Errno: Errno.EADDRNOTAVAIL or Errno.ENODEV } => false,
            var failure => throw failure,
        };
    }

    /// <summary>The addresses of a link, both families; of all links if <paramref name="link"/> is 0.</summary>
    public List<LinkAddress> List(int link = 0) =>
        socket.Dump<LinkAddress>(
            () => new NetlinkMessage(Get, NetlinkMessage.Dump).Put(new Header { Index = link }),
            "list addresses",
            TryRead
        );

    private static void Put(NetlinkMessage message, int link, Address address, int prefixLength)
    {
        var isLinkLocal = !address.IsIPv4 && address.Bits >> 118 == 0x3fa; // fe80::/10
        message.Put(
            new Header
            {
                Family = (byte)(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6),
                PrefixLength = (byte)prefixLength,
                Flags = address.IsIPv4 ? (byte)0 : NoDad,
                Scope = isLinkLocal ? LinkScope : GlobalScope,
                Index = link,
            }
        );
        message.Attribute(AttributeLocal, address);
        message.Attribute(AttributeAddress, address);
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out LinkAddress found)
    {
        found = default;
        var size = Marshal.SizeOf<Header>();
        if (body.Length < size)
        {
            return false;
        }
        var header = MemoryMarshal.Read<Header>(body);
        var local = default(Address);
        var attributes = new NetlinkAttributes(body[size..]);
        while (attributes.TryNext(out var type, out var payload))
        {
            // IPv4 tells its own address as LOCAL and the far one as ADDRESS; IPv6 has ADDRESS alone.
            if ((type == AttributeLocal || (type == AttributeAddress && local == default)) && payload.Length is 4 or 16)
            {
                local = Address.Read(payload);
            }
        }
        found = new LinkAddress(header.Index, local, header.PrefixLength);
        return local != default;
    }

    /// <summary><c>struct ifaddrmsg</c>, 8 octets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte PrefixLength;
        public byte Flags;
        public byte Scope;
        public int Index;
    }
}
