using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>An entry of the ARP or ND table. State is the kernel's NUD number: 0x80 permanent, 0x02 reachable …</summary>
public readonly record struct Neighbour(int Link, Address Address, Mac Mac, ushort State = Neighbour.Permanent)
{
    public const ushort Permanent = 0x80;

    public override string ToString() => $"{Address} at {Mac} on link {Link}";
}

/// <summary>The neighbours of a namespace's links (RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH).</summary>
public sealed class Neighbours
{
    private const ushort New = 28;
    private const ushort Remove = 29;
    private const ushort Get = 30;
    private const ushort AttributeAddress = 1; // NDA_DST
    private const ushort AttributeMac = 2; // NDA_LLADDR

    private readonly NetlinkSocket socket;

    internal Neighbours(NetlinkSocket socket) => this.socket = socket;

    /// <summary>Adds or replaces an entry. Equivalent to <c>ip neighbour replace … lladdr … nud permanent</c>.</summary>
    public void Set(Neighbour neighbour)
    {
        var flags = NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Replace;
        var message = new NetlinkMessage(New, (ushort)flags).Put(HeaderOf(neighbour));
        message.Attribute(AttributeAddress, neighbour.Address).Attribute(AttributeMac, neighbour.Mac);
        socket.Request(message, "set neighbour", neighbour.ToString());
    }

    /// <returns>False if there was none.</returns>
    public bool Delete(int link, Address address)
    {
        var neighbour = new Neighbour(link, address, default, 0);
        var message = new NetlinkMessage(Remove, NetlinkMessage.Acknowledge).Put(HeaderOf(neighbour));
        message.Attribute(AttributeAddress, address);
        return socket.TryRequest(message, "delete neighbour", $"{address} on link {link}") switch
        {
            null => true,
            { Errno: Errno.ENOENT or Errno.ENODEV or Errno.ENXIO } => false,
            var failure => throw failure,
        };
    }

    /// <summary>Entries of both families that have a MAC.</summary>
    public List<Neighbour> List() =>
        socket.Dump<Neighbour>(
            () => new NetlinkMessage(Get, NetlinkMessage.Dump).Put(default(Header)),
            "list neighbours",
            TryRead
        );

    private static Header HeaderOf(Neighbour neighbour) =>
        new()
        {
            Family = (byte)(neighbour.Address.IsIPv4 ? Libc.AfInet : Libc.AfInet6),
            Index = neighbour.Link,
            State = neighbour.State,
        };

    private static bool TryRead(ReadOnlySpan<byte> body, out Neighbour neighbour)
    {
        neighbour = default;
        var size = Marshal.SizeOf<Header>();
        if (body.Length < size)
        {
            return false;
        }
        var header = MemoryMarshal.Read<Header>(body);
        var address = default(Address);
        Mac? mac = null;
        var attributes = new NetlinkAttributes(body[size..]);
        while (attributes.TryNext(out var type, out var payload))
        {
            if (type == AttributeAddress && payload.Length is 4 or 16)
            {
                address = Address.Read(payload);
            }
            else if (type == AttributeMac && payload.Length == 6)
            {
                mac = Mac.Read(payload);
            }
        }
        neighbour = new Neighbour(header.Index, address, mac ?? default, header.State);
        return address != default && mac is not null;
    }

    /// <summary><c>struct ndmsg</c>, 12 octets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Pad1;
        public ushort Pad2;
        public int Index;
        public ushort State;
        public byte Flags;
        public byte Type;
    }
}
