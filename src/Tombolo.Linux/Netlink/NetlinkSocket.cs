using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux;

/// <summary>
/// A netlink socket and its request-answer exchange. One request at a time; safe for several threads. Answers come in
/// order, so a sequence number only guards against leftovers of an exchange that failed midway.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    private const int LevelNetlink = 270; // SOL_NETLINK
    private const int ExtendedAck = 11; // NETLINK_EXT_ACK
    private const int StrictCheck = 12; // NETLINK_GET_STRICT_CHK: a dump honours the filter in its request
    private const ushort Done = 3;
    private const ushort Error = 2;
    private const ushort DumpInterrupted = 0x10;
    private const ushort AckHasAttributes = 0x200;
    private const ushort AckIsCapped = 0x100;

    private readonly SafeFileHandle socket;
    private readonly Lock exchange = new();
    private readonly byte[] answers = new byte[256 * 1024];
    private uint sequence;

    /// <param name="protocol">0 for NETLINK_ROUTE, 16 for NETLINK_GENERIC.</param>
    /// <param name="namespacePath">The network namespace that the socket speaks for; null for the caller's.</param>
    public unsafe NetlinkSocket(int protocol, string? namespacePath)
    {
        var type = Libc.SockRaw | Libc.SockCloexec;
        socket = namespacePath is null
            ? Libc.socket(Libc.AfNetlink, type, protocol)
            : Netns.Run(namespacePath, () => Libc.socket(Libc.AfNetlink, type, protocol));
        if (socket.IsInvalid)
        {
            throw LinuxException.Last("netlink: open socket in", namespacePath ?? "this namespace");
        }
        var on = 1;
        Libc.setsockopt(socket, LevelNetlink, ExtendedAck, &on, sizeof(int));
        Libc.setsockopt(socket, LevelNetlink, StrictCheck, &on, sizeof(int));
    }

    public delegate void Answer(ushort type, ReadOnlySpan<byte> body);

    /// <summary>Sends a request and waits for its acknowledgement.</summary>
    /// <param name="on">The object, for the error's text.</param>
    public void Request(NetlinkMessage message, string operation, string on, Answer? each = null)
    {
        if (TryRequest(message, operation, on, each) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>As <see cref="Request"/>, but gives the kernel's refusal back instead of throwing it.</summary>
    public LinuxException? TryRequest(NetlinkMessage message, string operation, string on, Answer? each = null)
    {
        operation = "netlink: " + operation;
        lock (exchange)
        {
            Send(message.Finish(++sequence), operation, on);
            return Receive(operation, on, each, out _);
        }
    }

    /// <summary>Asks for all objects of a kind; a dump that a change interrupted is asked for again.</summary>
    public List<T> Dump<T>(Func<NetlinkMessage> message, string operation, DumpRead<T> read)
    {
        operation = "netlink: " + operation;
        lock (exchange)
        {
            while (true)
            {
                var found = new List<T>();
                Send(message().Finish(++sequence), operation, "");
                var failure = Receive(
                    operation,
                    "",
                    (_, body) =>
                    {
                        if (read(body, out var item))
                        {
                            found.Add(item);
                        }
                    },
                    out var interrupted
                );
                if (failure is not null)
                {
                    throw failure;
                }
                if (!interrupted)
                {
                    return found;
                }
            }
        }
    }

    public delegate bool DumpRead<T>(ReadOnlySpan<byte> body, out T item);

    public void Dispose() => socket.Dispose();

    private unsafe void Send(ReadOnlySpan<byte> message, string operation, string on)
    {
        fixed (byte* first = message)
        {
            if (Libc.send(socket, first, (nuint)message.Length, 0) != message.Length)
            {
                throw LinuxException.Last(operation, on);
            }
        }
    }

    private unsafe LinuxException? Receive(string operation, string on, Answer? each, out bool interrupted)
    {
        interrupted = false;
        while (true)
        {
            nint count;
            fixed (byte* first = answers)
            {
                count = Libc.recv(socket, first, (nuint)answers.Length, 0);
            }
            if (count < 0)
            {
                var failure = LinuxException.Last(operation, on);
                if (failure.Errno == Errno.EINTR)
                {
                    continue;
                }
                throw failure;
            }
            var rest = answers.AsSpan(0, (int)count);
            while (rest.Length >= NetlinkMessage.HeaderSize)
            {
                var length = MemoryMarshal.Read<int>(rest);
                var type = MemoryMarshal.Read<ushort>(rest[4..]);
                var flags = MemoryMarshal.Read<ushort>(rest[6..]);
                var isOurs = MemoryMarshal.Read<uint>(rest[8..]) == sequence;
                if (length < NetlinkMessage.HeaderSize || length > rest.Length)
                {
                    throw new LinuxException(operation, on, Errno.EPROTO, "a netlink answer's length does not fit");
                }
                var body = rest[NetlinkMessage.HeaderSize..length];
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
                if (!isOurs)
                {
                    continue;
                }
                interrupted |= (flags & DumpInterrupted) != 0;
                if (type is Error or Done)
                {
                    return Verdict(operation, on, type, flags, body);
                }
                each?.Invoke(type, body);
            }
        }
    }

    // struct nlmsgerr: error i32, the header of the request, its body unless capped, then attributes.
    private static LinuxException? Verdict(
        string operation,
        string on,
        ushort type,
        ushort flags,
        ReadOnlySpan<byte> body
    )
    {
        var error = body.Length >= 4 ? -MemoryMarshal.Read<int>(body) : 0;
        if (error == 0)
        {
            return null;
        }
        string? detail = null;
        if (type == Error && (flags & AckHasAttributes) != 0 && body.Length >= 4 + NetlinkMessage.HeaderSize)
        {
            var request = (flags & AckIsCapped) != 0 ? NetlinkMessage.HeaderSize : MemoryMarshal.Read<int>(body[4..]);
            var attributes = new NetlinkAttributes(body[Math.Min(4 + ((request + 3) & ~3), body.Length)..]);
            while (attributes.TryNext(out var attribute, out var payload))
            {
                if (attribute == 1) // NLMSGERR_ATTR_MSG
                {
                    detail = NetlinkAttributes.Text(payload);
                }
            }
        }
        return new LinuxException(operation, on, (Errno)error, detail);
    }
}
