using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>
/// The state machine of one connection (RFC 4271 §8.2.2) as a function: state, event and time in, state and outputs out.
/// It knows no socket and no clock.
/// </summary>
public static class SessionFsm
{
    /// <summary>Hold time until the neighbour's OPEN is here (RFC 4271 §8.2.2, Connect: "a value of 4 minutes").</summary>
    public static readonly TimeSpan LargeHold = TimeSpan.FromMinutes(4);

    public static SessionState Step(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    ) =>
        state.Phase switch
        {
            SessionPhase.Idle => Idle(state, input, options, now, outputs),
            SessionPhase.Connect or SessionPhase.Active => Connecting(state, input, options, now, outputs),
            SessionPhase.OpenSent => OpenSent(state, input, options, now, outputs),
            SessionPhase.OpenConfirm => OpenConfirm(state, input, options, now, outputs),
            _ => Established(state, input, options, now, outputs),
        };

    private static SessionState Idle(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.ManualStart or SessionEventKind.AutomaticStart:
                return StartConnecting(state with { Passive = false, Failures = 0 }, options, now, outputs);
            case SessionEventKind.ManualStartPassive or SessionEventKind.AutomaticStartPassive:
                return Bare(state, SessionPhase.Active) with { Passive = true, Failures = 0 };
            case SessionEventKind.IdleHoldTimerExpires:
                return state.Passive ? Bare(state, SessionPhase.Active) : StartConnecting(state, options, now, outputs);
            case SessionEventKind.ManualStop:
                return Bare(state, SessionPhase.Idle) with { Failures = 0 };
            default:
                return state;
        }
    }

    private static SessionState Connecting(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.ManualStart
            or SessionEventKind.AutomaticStart
            or SessionEventKind.ManualStartPassive
            or SessionEventKind.AutomaticStartPassive:
                return state;
            case SessionEventKind.ManualStop:
                outputs.Add(new SessionOutput(SessionOutputKind.Close));
                return Bare(state, SessionPhase.Idle) with { Failures = 0 };
            case SessionEventKind.ConnectRetryTimerExpires when !state.Passive:
                return StartConnecting(state, options, now, outputs);
            case SessionEventKind.TcpAcked or SessionEventKind.TcpConfirmed:
                outputs.Add(new SessionOutput(SessionOutputKind.SendOpen, options.Open));
                return Bare(state, SessionPhase.OpenSent) with { HoldAt = now + LargeHold };
            // Without DelayOpen a failed attempt in Connect goes to Idle; we stay out for one ConnectRetry instead of both
            // that and an idle hold, as the RFC's Active does.
            case SessionEventKind.TcpFails:
                return Bare(state, SessionPhase.Active) with
                {
                    ConnectRetryAt = state.Passive ? null : now + options.ConnectRetry,
                };
            case SessionEventKind.NotificationVersionError:
                outputs.Add(new SessionOutput(SessionOutputKind.Close));
                return Fail(state, options, now);
            case SessionEventKind.HeaderError or SessionEventKind.OpenError or SessionEventKind.AutomaticStop:
                outputs.Add(new SessionOutput(SessionOutputKind.Close));
                return Fail(state, options, now);
            // A passive connection has no retry timer, so an expiry of it says nothing.
            case SessionEventKind.ConnectRetryTimerExpires:
                return state with { ConnectRetryAt = null };
            // Any other event: 8, 10, 11, 13, 19, 23, 25 to 28.
            default:
                outputs.Add(new SessionOutput(SessionOutputKind.Close));
                return Fail(state, options, now);
        }
    }

    private static SessionState OpenSent(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.TcpFails:
                outputs.Add(new SessionOutput(SessionOutputKind.Close));
                return Bare(state, SessionPhase.Active) with
                {
                    ConnectRetryAt = state.Passive ? null : now + options.ConnectRetry,
                };
            case SessionEventKind.Open when input.Open is { } open:
                var refusal = Refuse(open, options);
                if (refusal is not null)
                {
                    return Abort(state, refusal, options, now, outputs);
                }
                var negotiated = Negotiated.Of(options.Open, open);
                outputs.Add(new SessionOutput(SessionOutputKind.SendKeepalive));
                return Bare(state, SessionPhase.OpenConfirm) with
                {
                    PeerOpen = open,
                    Negotiated = negotiated,
                    HoldAt = After(now, negotiated.Hold),
                    KeepaliveAt = After(now, negotiated.Hold / 3),
                };
            default:
                return Common(state, input, 1, options, now, outputs);
        }
    }

    private static SessionState OpenConfirm(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.KeepaliveTimerExpires:
                outputs.Add(new SessionOutput(SessionOutputKind.SendKeepalive));
                return state with { KeepaliveAt = After(now, Hold(state) / 3) };
            case SessionEventKind.Keepalive:
                outputs.Add(new SessionOutput(SessionOutputKind.Up, Negotiated: state.Negotiated));
                return state with { Phase = SessionPhase.Established, HoldAt = After(now, Hold(state)), Failures = 0 };
            // A second OPEN on this connection; collision of two connections is judged a level above.
            case SessionEventKind.Open:
                return Abort(state, NotificationMessage.Cease(NotificationMessage.Collision), options, now, outputs);
            default:
                return Common(state, input, 2, options, now, outputs);
        }
    }

    private static SessionState Established(
        SessionState state,
        in SessionEvent input,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.KeepaliveTimerExpires:
                outputs.Add(new SessionOutput(SessionOutputKind.SendKeepalive));
                return state with { KeepaliveAt = After(now, Hold(state) / 3) };
            case SessionEventKind.Keepalive or SessionEventKind.Update:
                return state.HoldAt is null ? state : state with { HoldAt = now + Hold(state) };
            default:
                return Common(state, input, 3, options, now, outputs);
        }
    }

    // What OpenSent, OpenConfirm and Established have in common; the subcode of an event out of place names the state
    // (RFC 6608).
    private static SessionState Common(
        SessionState state,
        in SessionEvent input,
        byte place,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        switch (input.Kind)
        {
            case SessionEventKind.ManualStart
            or SessionEventKind.AutomaticStart
            or SessionEventKind.ManualStartPassive
            or SessionEventKind.AutomaticStartPassive:
                return state;
            case SessionEventKind.ManualStop:
                var stop = input.Notification ?? NotificationMessage.Cease(NotificationMessage.AdministrativeShutdown);
                End(state, stop, false, outputs, sends: true);
                return Bare(state, SessionPhase.Idle) with { Failures = 0 };
            case SessionEventKind.HoldTimerExpires:
                return Abort(state, new NotificationMessage(ErrorCode.HoldTimerExpired, 0), options, now, outputs);
            case SessionEventKind.HeaderError
            or SessionEventKind.OpenError
            or SessionEventKind.UpdateError
            or SessionEventKind.AutomaticStop:
                var error = input.Notification ?? NotificationMessage.Cease(NotificationMessage.OutOfResources);
                return Abort(state, error, options, now, outputs);
            case SessionEventKind.CollisionDump:
                var dump = input.Notification ?? NotificationMessage.Cease(NotificationMessage.Collision);
                return Abort(state, dump, options, now, outputs);
            case SessionEventKind.Notification or SessionEventKind.NotificationVersionError:
                End(state, input.Notification, true, outputs, sends: false);
                return Fail(state, options, now);
            case SessionEventKind.TcpFails:
                End(state, null, false, outputs, sends: false);
                return Fail(state, options, now);
            default:
                var outOfPlace = new NotificationMessage(ErrorCode.FiniteStateMachine, place);
                return Abort(state, outOfPlace, options, now, outputs);
        }
    }

    private static NotificationMessage? Refuse(OpenMessage open, SessionOptions options)
    {
        if (options.PeerAs != 0 && open.As != options.PeerAs)
        {
            return new NotificationMessage(ErrorCode.Open, 2);
        }
        // Two speakers of one AS must differ (RFC 6286 §2.2).
        if (open.RouterId == options.RouterId && open.As == options.LocalAs)
        {
            return new NotificationMessage(ErrorCode.Open, 3);
        }
        return Negotiated.Of(options.Open, open).Families.IsEmpty ? new NotificationMessage(ErrorCode.Open, 7) : null;
    }

    private static SessionState StartConnecting(
        SessionState state,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        outputs.Add(new SessionOutput(SessionOutputKind.Connect));
        return Bare(state, SessionPhase.Connect) with { ConnectRetryAt = now + options.ConnectRetry };
    }

    private static SessionState Abort(
        SessionState state,
        NotificationMessage error,
        SessionOptions options,
        TimeSpan now,
        List<SessionOutput> outputs
    )
    {
        End(state, error, false, outputs, sends: true);
        return Fail(state, options, now);
    }

    private static void End(
        SessionState state,
        NotificationMessage? reason,
        bool received,
        List<SessionOutput> outputs,
        bool sends
    )
    {
        if (sends && reason is not null)
        {
            outputs.Add(new SessionOutput(SessionOutputKind.SendNotification, Notification: reason));
        }
        outputs.Add(new SessionOutput(SessionOutputKind.Close));
        if (state.Phase == SessionPhase.Established)
        {
            outputs.Add(
                new SessionOutput(
                    SessionOutputKind.Down,
                    Notification: reason,
                    Negotiated: state.Negotiated,
                    Received: received
                )
            );
        }
    }

    // Doubling stops at 2^16 so that the shift cannot overflow; the limit is reached long before.
    private static SessionState Fail(SessionState state, SessionOptions options, TimeSpan now)
    {
        var rest = options.IdleHold * (1 << Math.Min(state.Failures, 16));
        return Bare(state, SessionPhase.Idle) with
        {
            Failures = state.Failures + 1,
            IdleHoldAt = now + (rest < options.IdleHoldLimit ? rest : options.IdleHoldLimit),
        };
    }

    // The state without timers and without what a connection brought.
    private static SessionState Bare(SessionState state, SessionPhase phase) =>
        new()
        {
            Phase = phase,
            Passive = state.Passive,
            Failures = state.Failures,
        };

    private static TimeSpan Hold(SessionState state) => state.Negotiated?.Hold ?? TimeSpan.Zero;

    private static TimeSpan? After(TimeSpan now, TimeSpan time) => time == TimeSpan.Zero ? null : now + time;
}
