using System.Net;
using System.Net.Sockets;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Transport;
using Tombolo.Bgp.Wire;
using Tombolo.Values;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Tombolo.Bgp.Speaking;

// Connections, and what the session machine asks of them.
public sealed partial class Speaker
{
    /// <summary>A neighbour that takes nothing for this long is gone, whatever it sends (RFC 9687 §3).</summary>
    private static readonly TimeSpan SendHold = TimeSpan.FromMinutes(8);

    private void Listen()
    {
        foreach (var address in options.Listen)
        {
            var family = address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                if (!address.IsIPv4)
                {
                    socket.DualMode = false;
                }
                socket.Bind(TcpProtection.EndPoint(address, options.Port));
                socket.Listen(512);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                Say(BgpEventKind.ListenFailed, "", $"listen on {address} port {options.Port}: {failure.Message}");
                continue;
            }
            listeners.Add((socket, address));
            foreach (var neighbor in neighbors.Values)
            {
                Sign(socket, neighbor.Options);
            }
            Say(BgpEventKind.Listening, "", $"{address} port {options.Port}");
            Accepting.Add(AcceptAsync(socket));
        }
    }

    private List<Task> Accepting { get; } = [];

    private static void Sign(Socket socket, NeighborOptions neighbor)
    {
        var v4 = socket.AddressFamily == AddressFamily.InterNetwork;
        if (neighbor.Password.Length > 0 && neighbor.Address.IsIPv4 == v4)
        {
            TcpProtection.SetMd5(socket, neighbor.Address, neighbor.Password);
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(stopping);
                Post(() => Accepted(socket));
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // Out of descriptors, or a connection that was gone before it was taken: others wait behind it.
                Say(BgpEventKind.ConnectionRefused, "", $"accept: {failure.Message}");
                await Task.Delay(TickEvery, time, CancellationToken.None);
            }
        }
    }

    private void Accepted(Socket socket)
    {
        var from = socket.RemoteEndPoint is IPEndPoint end ? Address.From(end.Address) : default;
        if (!byAddress.TryGetValue(from, out var neighbor) || !PeerFsm.Accepts(neighbor.State))
        {
            var why = neighbor is null ? "is no neighbour" : $"is not waited for ({neighbor.State.Incoming.Phase})";
            Say(BgpEventKind.ConnectionRefused, neighbor?.Options.Name ?? "", $"{from} {why}");
            socket.Dispose();
            return;
        }
        try
        {
            Protect(socket, neighbor.Options);
        }
        catch (SocketException failure)
        {
            Say(BgpEventKind.ConnectionRefused, neighbor.Options.Name, failure.Message);
            socket.Dispose();
            return;
        }
        Attach(neighbor, socket, Direction.Incoming);
        Step(neighbor, Direction.Incoming, new SessionEvent(SessionEventKind.TcpConfirmed));
    }

    private void Attach(Neighbor neighbor, Socket socket, Direction direction)
    {
        var link = new TcpLink(socket, direction, neighbor.Source.Index, Post) { LastSent = Now };
        neighbor[direction] = link;
        links[link] = neighbor;
        Follow(link.ReceiveAsync());
    }

    private readonly List<Task> following = [];

    // Tasks that report to the loop when they end are held while they run.
    private void Follow(Task task)
    {
        following.RemoveAll(one => one.IsCompleted);
        following.Add(task);
    }

    private static void Protect(Socket socket, NeighborOptions neighbor)
    {
        if (neighbor.TtlSecurityHops > 0)
        {
            TcpProtection.SetGtsm(socket, neighbor.TtlSecurityHops);
        }
        else if (neighbor.Ttl > 0)
        {
            TcpProtection.SetTtl(socket, neighbor.Ttl);
        }
    }

    private void Connect(Neighbor neighbor)
    {
        neighbor.Connecting?.Cancel();
        var attempt = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        neighbor.Connecting = attempt;
        Follow(ConnectAsync(neighbor, neighbor.Options, attempt));
    }

    private async Task ConnectAsync(Neighbor neighbor, NeighborOptions to, CancellationTokenSource attempt)
    {
        var family = to.Address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        Socket? socket = null;
        try
        {
            socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            Sign(socket, to);
            Protect(socket, to);
            if (to.LocalAddress.Family != Values.AddressFamily.None)
            {
                socket.Bind(TcpProtection.EndPoint(to.LocalAddress, 0));
            }
            await socket.ConnectAsync(TcpProtection.EndPoint(to.Address, to.Port), attempt.Token);
            var connected = socket;
            Post(() => Connected(neighbor, connected, attempt));
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            Post(() =>
            {
                if (IsOver(neighbor, attempt))
                {
                    neighbor.LastError = failure.Message;
                    Say(BgpEventKind.ConnectFailed, to.Name, $"{to.Address}: {failure.Message}");
                    Step(neighbor, Direction.Outgoing, new SessionEvent(SessionEventKind.TcpFails));
                }
            });
        }
    }

    private void Connected(Neighbor neighbor, Socket socket, CancellationTokenSource attempt)
    {
        if (
            !IsOver(neighbor, attempt)
            || neighbor.State.Outgoing.Phase is not (SessionPhase.Connect or SessionPhase.Active)
        )
        {
            socket.Dispose();
            return;
        }
        Attach(neighbor, socket, Direction.Outgoing);
        Step(neighbor, Direction.Outgoing, new SessionEvent(SessionEventKind.TcpAcked));
    }

    // An attempt came to its end; true if it is the one that was waited for. It hangs on the speaker's own token, which
    // would remember every attempt that is not let go of.
    private static bool IsOver(Neighbor neighbor, CancellationTokenSource attempt)
    {
        attempt.Dispose();
        if (neighbor.Connecting != attempt)
        {
            return false;
        }
        neighbor.Connecting = null;
        return true;
    }

    private void Step(Neighbor neighbor, Direction direction, in SessionEvent input)
    {
        outputs.Clear();
        neighbor.State = PeerFsm.Step(neighbor.State, direction, input, neighbor.Session, Now, outputs);
        Act(neighbor);
    }

    private void Act(Neighbor neighbor)
    {
        // Down may lead to further steps later, never to one within this list.
        var notified = false;
        foreach (var (direction, output) in outputs.ToArray())
        {
            var link = neighbor[direction];
            switch (output.Kind)
            {
                case SessionOutputKind.Connect:
                    Connect(neighbor);
                    break;
                case SessionOutputKind.SendOpen:
                    link?.Send(pool, output.Open!.WriteTo);
                    break;
                case SessionOutputKind.SendKeepalive:
                    link?.Send(pool, Message.WriteKeepalive);
                    break;
                case SessionOutputKind.SendNotification:
                    neighbor.LastError = $"sent {output.Notification}";
                    notified = true;
                    link?.Feed.Clear();
                    link?.Send(pool, output.Notification!.WriteTo);
                    break;
                case SessionOutputKind.Close:
                    CloseLink(neighbor, direction, notified);
                    break;
                case SessionOutputKind.Up:
                    Up(neighbor, direction, output.Negotiated!);
                    break;
                case SessionOutputKind.Down:
                    Down(neighbor, output);
                    break;
            }
        }
    }

    private static void CloseLink(Neighbor neighbor, Direction direction, bool notified)
    {
        if (direction == Direction.Outgoing)
        {
            neighbor.Connecting?.Cancel();
            neighbor.Connecting = null;
        }
        if (neighbor[direction] is { } link)
        {
            neighbor[direction] = null;
            // A NOTIFICATION is all that is still worth sending; routes are moot.
            link.Close(sendsWhatWaits: notified);
        }
    }

    private void Tick()
    {
        var now = Now;
        foreach (var neighbor in neighbors.Values)
        {
            if (neighbor.State.Outgoing.Due(now) is not null || neighbor.State.Incoming.Due(now) is not null)
            {
                outputs.Clear();
                neighbor.State = PeerFsm.Tick(neighbor.State, neighbor.Session, now, outputs);
                Act(neighbor);
            }
            if (neighbor.Link is { } link)
            {
                if (!link.IsBlocked)
                {
                    link.LastSent = now;
                }
                else if (now - link.LastSent > SendHold)
                {
                    Step(neighbor, link.Direction, new SessionEvent(SessionEventKind.TcpFails));
                    continue;
                }
            }
            TickRibs(neighbor, now);
        }
        TickDeferral(now);
        SplitSlow(now);
    }

    private void StopAll()
    {
        foreach (var (socket, _) in listeners)
        {
            socket.Dispose();
        }
        foreach (var neighbor in neighbors.Values)
        {
            outputs.Clear();
            // With graceful restart our going is a restart: no NOTIFICATION, so that routes stay (RFC 4724 §4).
            var graceful = neighbor.Negotiated?.PeerRestart is not null;
            if (graceful)
            {
                neighbor.Link?.Dispose();
                continue;
            }
            neighbor.State = PeerFsm.Stop(
                neighbor.State,
                NotificationMessage.Cease(NotificationMessage.AdministrativeShutdown),
                neighbor.Session,
                Now,
                outputs
            );
            Act(neighbor);
        }
        foreach (var link in links.Keys)
        {
            link.Dispose();
        }
    }
}
