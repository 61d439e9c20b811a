using CsCheck;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

/// <summary>Two speakers wired by hand: every order of delivery ends in one session, seen alike by both.</summary>
public class PeerFsmTests
{
    [Fact]
    public void Two_speakers_that_connect_at_once_agree_on_one_connection() =>
        Gen.Select(Gen.Int[0, 1_000_000].Array[60, 60], Gen.Bool, Gen.Bool)
            .Sample(
                (order, leftIsHigher, equalIds) =>
                {
                    var net = new Pair(leftIsHigher ? 9u : 5u, equalIds ? (leftIsHigher ? 9u : 5u) : 7u);
                    net.Start();
                    net.Run(order);
                    Assert.Equal(SessionPhase.Established, net.Left.State.Best.Phase);
                    Assert.Equal(SessionPhase.Established, net.Right.State.Best.Phase);
                    var survivor =
                        net.Left.State.Outgoing.Phase == SessionPhase.Established
                            ? Direction.Outgoing
                            : Direction.Incoming;
                    Assert.Equal(
                        SessionPhase.Established,
                        net.Right.State[survivor == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing].Phase
                    );
                },
                iter: 500,
                threads: 1
            );

    [Fact]
    public void A_neighbour_that_restarted_takes_over_its_old_session()
    {
        var options = Pair.Options(9, 65000, 65001);
        var peer = Pair.Options(7, 65001, 65000);
        var outputs = new List<PeerOutput>();
        var state = PeerFsm.Start(PeerState.Start, passive: true, options, default, outputs);
        state = Establish(state, Direction.Incoming);
        Assert.Equal(SessionPhase.Established, state.Incoming.Phase);
        // The old connection is not seen dead yet, when ours reaches the neighbour.
        state = state.With(Direction.Outgoing, SessionState.Start with { Phase = SessionPhase.Connect });
        outputs.Clear();
        state = Establish(state, Direction.Outgoing);
        Assert.Equal(SessionPhase.Established, state.Outgoing.Phase);
        Assert.Contains(outputs, row => row is { Direction: Direction.Incoming, Output.Kind: SessionOutputKind.Down });
        Assert.DoesNotContain(outputs, row => row.Output.Kind == SessionOutputKind.SendNotification);

        PeerState Establish(PeerState from, Direction direction)
        {
            var tcp = direction == Direction.Incoming ? SessionEventKind.TcpConfirmed : SessionEventKind.TcpAcked;
            foreach (
                var input in new SessionEvent[]
                {
                    new(tcp),
                    new(SessionEventKind.Open, peer.Open),
                    new(SessionEventKind.Keepalive),
                }
            )
            {
                from = PeerFsm.Step(from, direction, input, options, TimeSpan.FromSeconds(1), outputs);
            }
            return from;
        }
    }

    [Fact]
    public void A_passive_side_never_connects_not_even_after_a_failure()
    {
        var options = Pair.Options(9, 65000, 65001);
        var outputs = new List<PeerOutput>();
        var state = PeerFsm.Start(PeerState.Start, passive: true, options, default, outputs);
        state = PeerFsm.Step(state, Direction.Incoming, new(SessionEventKind.TcpConfirmed), options, default, outputs);
        state = PeerFsm.Step(
            state,
            Direction.Incoming,
            new(SessionEventKind.Open, Pair.Options(7, 65001, 65000).Open),
            options,
            default,
            outputs
        );
        state = PeerFsm.Step(state, Direction.Incoming, new(SessionEventKind.Keepalive), options, default, outputs);
        state = PeerFsm.Step(state, Direction.Incoming, new(SessionEventKind.TcpFails), options, default, outputs);
        state = PeerFsm.Tick(state, options, TimeSpan.FromSeconds(100), outputs);
        Assert.True(PeerFsm.Accepts(state));
        Assert.DoesNotContain(outputs, row => row.Output.Kind == SessionOutputKind.Connect);
    }

    private sealed class Pair
    {
        private readonly Random random = new(1);
        private readonly SortedDictionary<(int, Direction), Queue<Action>> queues = [];

        public Pair(uint leftId, uint rightId)
        {
            Left = new Side(this, 0, Options(leftId, 65000, 65001));
            Right = new Side(this, 1, Options(rightId, 65001, 65000));
        }

        public Side Left { get; }

        public Side Right { get; }

        public TimeSpan Now { get; private set; }

        public static SessionOptions Options(uint id, uint own, uint peer) =>
            new()
            {
                LocalAs = own,
                PeerAs = peer,
                RouterId = id,
                Capabilities = new Capabilities
                {
                    Families = [Family.IPv4Unicast],
                    FourOctetAs = own,
                    GracefulRestart = new GracefulRestart(false, true, 60, [new(Family.IPv4Unicast, true)]),
                },
            };

        public void Start()
        {
            Left.Act(o => PeerFsm.Start(Left.State, false, Left.SessionOptions, Now, o));
            Right.Act(o => PeerFsm.Start(Right.State, false, Right.SessionOptions, Now, o));
        }

        // Messages of one connection and direction stay in order; between them anything goes.
        public void Post(int to, Direction direction, Action work)
        {
            if (!queues.TryGetValue((to, direction), out var queue))
            {
                queues[(to, direction)] = queue = new Queue<Action>();
            }
            queue.Enqueue(work);
        }

        public void Run(int[] order)
        {
            for (var i = 0; i < 2000; i++)
            {
                var ready = queues.Where(row => row.Value.Count > 0).ToArray();
                if (ready.Length == 0)
                {
                    if (
                        Left.State.Best.Phase == SessionPhase.Established
                        && Right.State.Best.Phase == SessionPhase.Established
                    )
                    {
                        return;
                    }
                    Now += TimeSpan.FromSeconds(1);
                    Left.Act(o => PeerFsm.Tick(Left.State, Left.SessionOptions, Now, o));
                    Right.Act(o => PeerFsm.Tick(Right.State, Right.SessionOptions, Now, o));
                    continue;
                }
                ready[(order[i % order.Length] + i) % ready.Length].Value.Dequeue()();
            }
            Assert.Fail("no session after 2,000 deliveries");
        }

        internal sealed class Side(Pair net, int index, SessionOptions options)
        {
            public PeerState State { get; private set; } = PeerState.Start;

            public SessionOptions SessionOptions => options;

            // A number per connection, so that what is late for one that is gone is not taken for the next.
            private readonly Dictionary<Direction, int> connection = [];

            private Side Other => index == 0 ? net.Right : net.Left;

            public void Act(Func<List<PeerOutput>, PeerState> step)
            {
                var outputs = new List<PeerOutput>();
                State = step(outputs);
                foreach (var (direction, output) in outputs)
                {
                    switch (output.Kind)
                    {
                        case SessionOutputKind.Connect:
                            net.Post(1 - index, Direction.Incoming, () => Reach(Other));
                            break;
                        case SessionOutputKind.SendOpen:
                            Tell(direction, new SessionEvent(SessionEventKind.Open, output.Open));
                            break;
                        case SessionOutputKind.SendKeepalive:
                            Tell(direction, new SessionEvent(SessionEventKind.Keepalive));
                            break;
                        case SessionOutputKind.SendNotification:
                            Tell(
                                direction,
                                new SessionEvent(SessionEventKind.Notification, Notification: output.Notification)
                            );
                            break;
                        case SessionOutputKind.Close:
                            Tell(direction, new SessionEvent(SessionEventKind.TcpFails));
                            connection.Remove(direction);
                            break;
                    }
                }
            }

            private void Reach(Side other)
            {
                if (State.Outgoing.Phase != SessionPhase.Connect)
                {
                    return;
                }
                if (!PeerFsm.Accepts(other.State))
                {
                    Act(o =>
                        PeerFsm.Step(State, Direction.Outgoing, new(SessionEventKind.TcpFails), options, net.Now, o)
                    );
                    return;
                }
                var number = net.random.Next();
                connection[Direction.Outgoing] = number;
                other.connection[Direction.Incoming] = number;
                Act(o => PeerFsm.Step(State, Direction.Outgoing, new(SessionEventKind.TcpAcked), options, net.Now, o));
                other.Act(o =>
                    PeerFsm.Step(
                        other.State,
                        Direction.Incoming,
                        new(SessionEventKind.TcpConfirmed),
                        other.SessionOptions,
                        net.Now,
                        o
                    )
                );
            }

            private void Tell(Direction direction, SessionEvent input)
            {
                var there = direction == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing;
                if (!connection.TryGetValue(direction, out var number))
                {
                    return;
                }
                net.Post(
                    1 - index,
                    there,
                    () =>
                    {
                        if (Other.connection.TryGetValue(there, out var current) && current == number)
                        {
                            Other.Act(o => PeerFsm.Step(Other.State, there, input, Other.SessionOptions, net.Now, o));
                        }
                    }
                );
            }
        }
    }
}
