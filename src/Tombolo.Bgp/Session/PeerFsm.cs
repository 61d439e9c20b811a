using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>
/// Two connection state machines and the rule of their collision (RFC 4271 §6.8): the one that the speaker with the
/// higher identifier opened survives. One session at most is up, and while it is the other rests.
/// </summary>
public static class PeerFsm
{
    public static PeerState Step(
        PeerState state,
        Direction direction,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<PeerOutput> outputs
    )
    {
        if (input.Kind == SessionEventKind.Open && input.Open is { } open)
        {
            state = Collide(state, direction, open, options, now, outputs, out var dumped);
            if (dumped)
            {
                return state;
            }
        }
        state = One(state, direction, input, options, now, outputs, out var ended);
        var other = Other(direction);
        if (
            state[direction].Phase == SessionPhase.Established
            && state[other] is not { Phase: SessionPhase.Idle, IdleHoldAt: null }
        )
        {
            // Up: the other connection, or its attempt, is of no more use.
            state = One(
                state,
                other,
                new SessionEvent(
                    SessionEventKind.ManualStop,
                    Notification: NotificationMessage.Cease(NotificationMessage.Collision)
                ),
                options,
                now,
                outputs,
                out _
            );
        }
        var rests = other == Direction.Incoming || !state.Passive;
        if (ended && rests && state[other] is { Phase: SessionPhase.Idle, IdleHoldAt: null } resting)
        {
            // Down: the one that rested starts again when this one does.
            state = state.With(other, resting with { IdleHoldAt = state[direction].IdleHoldAt });
        }
        return state;
    }

    /// <summary>Starts both: our own attempts unless passive, and readiness for the neighbour's.</summary>
    public static PeerState Start(
        PeerState state,
        bool passive,
        SessionOptions options,
        TimeSpan now,
        List<PeerOutput> outputs
    )
    {
        state = state with { Passive = passive };
        if (!passive)
        {
            state = One(state, Direction.Outgoing, new(SessionEventKind.ManualStart), options, now, outputs, out _);
        }
        return One(state, Direction.Incoming, new(SessionEventKind.ManualStartPassive), options, now, outputs, out _);
    }

    public static PeerState Stop(
        PeerState state,
        NotificationMessage reason,
        SessionOptions options,
        TimeSpan now,
        List<PeerOutput> outputs
    )
    {
        var stop = new SessionEvent(SessionEventKind.ManualStop, Notification: reason);
        state = One(state, Direction.Outgoing, stop, options, now, outputs, out _);
        return One(state, Direction.Incoming, stop, options, now, outputs, out _);
    }

    /// <summary>Runs every timer that is due.</summary>
    public static PeerState Tick(PeerState state, SessionOptions options, TimeSpan now, List<PeerOutput> outputs)
    {
        foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Outgoing, Direction.Incoming])
        {
            while (state[direction].Due(now) is { } due)
            {
                state = Step(state, direction, new SessionEvent(due), options, now, outputs);
            }
        }
        return state;
    }

    /// <summary>True if a connection that the neighbour opens now has a state machine waiting for it.</summary>
    public static bool Accepts(PeerState state) => state.Incoming.Phase is SessionPhase.Active or SessionPhase.Connect;

    private static PeerState Collide(
        PeerState state,
        Direction direction,
        OpenMessage open,
        SessionOptions options,
        TimeSpan now,
        List<PeerOutput> outputs,
        out bool dumped
    )
    {
        dumped = false;
        var other = Other(direction);
        var rival = state[other];
        if (rival.Phase < SessionPhase.OpenConfirm)
        {
            return state;
        }
        // A neighbour that restarted comes back before we saw it go (RFC 4724 §5): the new connection takes over.
        var returned = rival.Phase == SessionPhase.Established && rival.Negotiated?.PeerRestart is not null;
        var ours = options.RouterId != open.RouterId ? options.RouterId > open.RouterId : options.LocalAs > open.As;
        var survivor = ours ? Direction.Outgoing : Direction.Incoming;
        dumped = rival.Phase == SessionPhase.Established ? !returned : survivor == other;
        var loser = dumped ? direction : other;
        return One(
            state,
            loser,
            new SessionEvent(returned ? SessionEventKind.TcpFails : SessionEventKind.CollisionDump),
            options,
            now,
            outputs,
            out _
        );
    }

    private static PeerState One(
        PeerState state,
        Direction direction,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<PeerOutput> outputs,
        out bool ended
    )
    {
        var list = new List<SessionOutput>(4);
        var next = SessionFsm.Step(state[direction], input, options, now, list);
        ended = false;
        foreach (var output in list)
        {
            ended |= output.Kind == SessionOutputKind.Down;
            outputs.Add(new PeerOutput(direction, output));
        }
        return ReferenceEquals(next, state[direction]) ? state : state.With(direction, next);
    }

    private static Direction Other(Direction direction) =>
        direction == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing;
}
