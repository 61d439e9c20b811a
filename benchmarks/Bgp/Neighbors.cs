using System.Net;
using System.Net.Sockets;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Many neighbours in one process: each announces what was encoded before and counts what it is sent. Runs as a
/// process of its own in the neighbours' namespace: <c>bgp-neighbors COUNT ROUTES SHARED HOLD</c>; it says "up", waits for a
/// line, sends, says "sent", and answers each further line with the routes received by all.</summary>
/// <param name="hold">Hold time that is offered, in seconds: 0, or longer than any slice, for it sends no KEEPALIVE.</param>
internal sealed class Neighbors(int count, int routes, int shared, ushort hold)
{
    private readonly Socket[] sockets = new Socket[count];
    private long received;

    public async Task RunAsync()
    {
        var messages = Enumerable.Range(0, count).Select(Encode).ToArray();
        await Task.WhenAll(Enumerable.Range(0, count).Select(ConnectAsync));
        var reading = sockets
            .Select(socket => Task.Factory.StartNew(() => Read(socket), TaskCreationOptions.LongRunning))
            .ToArray();
        Console.WriteLine("up");
        Console.ReadLine();
        await Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(async index =>
                {
                    for (var sent = 0; sent < messages[index].Count; )
                    {
                        sent += await sockets[index]
                            .SendAsync(messages[index].Segment(sent, messages[index].Count - sent));
                    }
                })
        );
        Console.WriteLine("sent");
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(Interlocked.Read(ref received));
        }
    }

    private async Task ConnectAsync(int index)
    {
        var open = new OctetBuffer();
        new OpenMessage(
            Testbed.NeighborAs(index),
            hold,
            (uint)Address.Parse(Testbed.Neighbor(index)).Bits,
            new Capabilities { Families = [Family.IPv4Unicast], FourOctetAs = Testbed.NeighborAs(index) }
        ).WriteTo(open);
        Message.WriteKeepalive(open);
        while (true)
        {
            var socket = new Socket(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(Testbed.Neighbor(index)), 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Testbed.Target), 179));
                await socket.SendAsync(open.Segment(0, open.Count));
                // Up once a KEEPALIVE is here: OPEN, then KEEPALIVE.
                var buffer = new byte[4096];
                var have = 0;
                while (true)
                {
                    var got = await socket.ReceiveAsync(buffer.AsMemory(have));
                    if (got == 0)
                    {
                        throw new SocketException((int)SocketError.ConnectionReset);
                    }
                    have += got;
                    if (have >= 38 && buffer.AsSpan(0, have).IndexOf((ReadOnlySpan<byte>)[0, 19, 4]) > 0)
                    {
                        break;
                    }
                }
                sockets[index] = socket;
                return;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(100);
            }
        }
    }

    // Announcements of IPv4 unicast, less withdrawals.
    private void Read(Socket socket)
    {
        var buffer = new byte[256 * 1024];
        var have = 0;
        while (true)
        {
            int got;
            try
            {
                got = socket.Receive(buffer.AsSpan(have));
            }
            catch (SocketException)
            {
                return;
            }
            if (got == 0)
            {
                return;
            }
            have += got;
            var at = 0;
            while (Message.TryFrame(buffer.AsSpan(at, have - at), true, out var type, out var length, out _))
            {
                if (type == MessageType.Update)
                {
                    Count(buffer.AsSpan(at + Message.HeaderOctets, length - Message.HeaderOctets));
                }
                at += length;
            }
            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
        }
    }

    private void Count(ReadOnlySpan<byte> body)
    {
        var withdrawn = (body[0] << 8) | body[1];
        var attributes = (body[2 + withdrawn] << 8) | body[3 + withdrawn];
        var number = 0;
        for (var rest = body[(4 + withdrawn + attributes)..]; !rest.IsEmpty; rest = rest[(1 + (rest[0] + 7) / 8)..])
        {
            number++;
        }
        for (var rest = body.Slice(2, withdrawn); !rest.IsEmpty; rest = rest[(1 + (rest[0] + 7) / 8)..])
        {
            number--;
        }
        Interlocked.Add(ref received, number);
    }

    // Prefixes /24 from 1.0.0.0 up; every so many share a path of four to six AS and, one in three, a community. No
    // neighbour is in such a path: some implementations send nobody a path with its own AS in it.
    private OctetBuffer Encode(int index)
    {
        var to = new OctetBuffer(1 << 20);
        var writer = new UpdateWriter(to);
        var family = Families.Of(Family.IPv4Unicast);
        var random = new Random(index);
        var builder = new AttributeBuilder();
        var first = (uint)(index * routes);
        for (var i = 0u; i < routes; i++)
        {
            if (i % shared == 0)
            {
                writer.End();
                builder.Start().Origin(Origin.Igp).Set(AttributeCode.AsPath, []);
                for (var hops = random.Next(3, 6); hops > 0; hops--)
                {
                    builder.Prepend((uint)random.Next(1000, 64_000));
                }
                builder.Prepend(Testbed.NeighborAs(index));
                builder.NextHop = Address.Parse(Testbed.Neighbor(index));
                if (random.Next(3) == 0)
                {
                    builder.Community((uint)random.Next());
                }
                writer.Begin(family, builder.Build(), false, false, true);
            }
            writer.Add(Nlri.Unicast(new Prefix(Address.V4(0x01000000 + ((first + i) << 8)), 24)));
        }
        writer.End();
        return to;
    }
}
