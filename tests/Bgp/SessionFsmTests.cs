using CsCheck;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

/// <summary>RFC 4271 §8.2.2 as a table: state, event → state, outputs. Timers expire at 1,000 s.</summary>
public class SessionFsmTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1000);

    private static readonly SessionEventKind[] Kinds = Enum.GetValues<SessionEventKind>();

    private static readonly SessionOptions Options = new()
    {
        LocalAs = 65000,
        PeerAs = 65001,
        RouterId = 0x0a000001,
        Capabilities = new Capabilities { Families = [Family.IPv4Unicast], FourOctetAs = 0 },
    };

    private static readonly OpenMessage PeerOpen = new(
        65001,
        30,
        0x0a000002,
        new Capabilities { Families = [Family.IPv4Unicast], FourOctetAs = 65001 }
    );

    [Theory]
    [InlineData("Idle", "ManualStart", "Connect", "Connect")]
    [InlineData("Idle", "AutomaticStart", "Connect", "Connect")]
    [InlineData("Idle", "ManualStartPassive", "Active", "")]
    [InlineData("Idle", "ManualStop", "Idle", "")]
    [InlineData("Idle", "IdleHoldTimerExpires", "Connect", "Connect")]
    [InlineData("Idle", "Keepalive", "Idle", "")]
    [InlineData("Idle", "TcpFails", "Idle", "")]
    [InlineData("Connect", "ManualStart", "Connect", "")]
    [InlineData("Connect", "ManualStop", "Idle", "Close")]
    [InlineData("Connect", "ConnectRetryTimerExpires", "Connect", "Connect")]
    [InlineData("Connect", "TcpAcked", "OpenSent", "SendOpen")]
    [InlineData("Connect", "TcpConfirmed", "OpenSent", "SendOpen")]
    [InlineData("Connect", "TcpFails", "Active", "")]
    [InlineData("Connect", "HeaderError", "Idle", "Close")]
    [InlineData("Connect", "OpenError", "Idle", "Close")]
    [InlineData("Connect", "Keepalive", "Idle", "Close")]
    [InlineData("Connect", "Update", "Idle", "Close")]
    [InlineData("Active", "ConnectRetryTimerExpires", "Connect", "Connect")]
    [InlineData("Active", "TcpConfirmed", "OpenSent", "SendOpen")]
    [InlineData("Active", "ManualStop", "Idle", "Close")]
    [InlineData("Active", "Notification", "Idle", "Close")]
    [InlineData("OpenSent", "ManualStart", "OpenSent", "")]
    [InlineData("OpenSent", "ManualStop", "Idle", "SendNotification:Cease/2 Close")]
    [InlineData("OpenSent", "AutomaticStop", "Idle", "SendNotification:Cease/8 Close")]
    [InlineData("OpenSent", "HoldTimerExpires", "Idle", "SendNotification:HoldTimerExpired/0 Close")]
    [InlineData("OpenSent", "TcpFails", "Active", "Close")]
    [InlineData("OpenSent", "Open", "OpenConfirm", "SendKeepalive")]
    [InlineData("OpenSent", "HeaderError", "Idle", "SendNotification:Cease/8 Close")]
    [InlineData("OpenSent", "CollisionDump", "Idle", "SendNotification:Cease/7 Close")]
    [InlineData("OpenSent", "NotificationVersionError", "Idle", "Close")]
    [InlineData("OpenSent", "Keepalive", "Idle", "SendNotification:FiniteStateMachine/1 Close")]
    [InlineData("OpenSent", "Update", "Idle", "SendNotification:FiniteStateMachine/1 Close")]
    [InlineData("OpenConfirm", "KeepaliveTimerExpires", "OpenConfirm", "SendKeepalive")]
    [InlineData("OpenConfirm", "Keepalive", "Established", "Up")]
    [InlineData("OpenConfirm", "HoldTimerExpires", "Idle", "SendNotification:HoldTimerExpired/0 Close")]
    [InlineData("OpenConfirm", "ManualStop", "Idle", "SendNotification:Cease/2 Close")]
    [InlineData("OpenConfirm", "TcpFails", "Idle", "Close")]
    [InlineData("OpenConfirm", "Notification", "Idle", "Close")]
    [InlineData("OpenConfirm", "Update", "Idle", "SendNotification:FiniteStateMachine/2 Close")]
    [InlineData("OpenConfirm", "UpdateError", "Idle", "SendNotification:Cease/8 Close")]
    [InlineData("Established", "KeepaliveTimerExpires", "Established", "SendKeepalive")]
    [InlineData("Established", "Keepalive", "Established", "")]
    [InlineData("Established", "Update", "Established", "")]
    [InlineData("Established", "HoldTimerExpires", "Idle", "SendNotification:HoldTimerExpired/0 Close Down")]
    [InlineData("Established", "ManualStop", "Idle", "SendNotification:Cease/2 Close Down")]
    [InlineData("Established", "UpdateError", "Idle", "SendNotification:Cease/8 Close Down")]
    [InlineData("Established", "Notification", "Idle", "Close Down")]
    [InlineData("Established", "TcpFails", "Idle", "Close Down")]
    [InlineData("Established", "Open", "Idle", "SendNotification:FiniteStateMachine/3 Close Down")]
    [InlineData("Established", "ConnectRetryTimerExpires", "Idle", "SendNotification:FiniteStateMachine/3 Close Down")]
    public void Steps(string from, string input, string to, string does)
    {
        var kind = Enum.Parse<SessionEventKind>(input);
        var (state, outputs) = Step(
            At(Enum.Parse<SessionPhase>(from)),
            new SessionEvent(kind, kind == SessionEventKind.Open ? PeerOpen : null)
        );
        Assert.Equal(to, state.Phase.ToString());
        Assert.Equal(does, string.Join(' ', outputs.Select(Words)));
    }

    // RFC 4271 §8.2.2 whole: the state after each event in Idle, Connect, Active, OpenSent, OpenConfirm, Established, by
    // first letters (S: OpenSent, O: OpenConfirm). Two cells differ from the text: a connection that fails in Connect or
    // Active goes to Active and not Idle, for one ConnectRetry instead of that and an idle hold.
    [Theory]
    [InlineData(SessionEventKind.ManualStart, "CCASOE")]
    [InlineData(SessionEventKind.ManualStop, "IIIIII")]
    [InlineData(SessionEventKind.AutomaticStart, "CCASOE")]
    [InlineData(SessionEventKind.ManualStartPassive, "ACASOE")]
    [InlineData(SessionEventKind.AutomaticStartPassive, "ACASOE")]
    [InlineData(SessionEventKind.AutomaticStop, "IIIIII")]
    [InlineData(SessionEventKind.ConnectRetryTimerExpires, "ICCIII")]
    [InlineData(SessionEventKind.HoldTimerExpires, "IIIIII")]
    [InlineData(SessionEventKind.KeepaliveTimerExpires, "IIIIOE")]
    [InlineData(SessionEventKind.IdleHoldTimerExpires, "CIIIII")]
    [InlineData(SessionEventKind.TcpAcked, "ISSIII")]
    [InlineData(SessionEventKind.TcpConfirmed, "ISSIII")]
    [InlineData(SessionEventKind.TcpFails, "IAAAII")]
    [InlineData(SessionEventKind.Open, "IIIOII")]
    [InlineData(SessionEventKind.HeaderError, "IIIIII")]
    [InlineData(SessionEventKind.OpenError, "IIIIII")]
    [InlineData(SessionEventKind.CollisionDump, "IIIIII")]
    [InlineData(SessionEventKind.NotificationVersionError, "IIIIII")]
    [InlineData(SessionEventKind.Notification, "IIIIII")]
    [InlineData(SessionEventKind.Keepalive, "IIIIEE")]
    [InlineData(SessionEventKind.Update, "IIIIIE")]
    [InlineData(SessionEventKind.UpdateError, "IIIIII")]
    public void Every_event_in_every_state_ends_where_the_table_says(SessionEventKind kind, string ends)
    {
        var input = new SessionEvent(kind, kind == SessionEventKind.Open ? PeerOpen : null);
        var letters = "ICASOE";
        var found = Enum.GetValues<SessionPhase>().Select(phase => letters[(int)Step(At(phase), input).Item1.Phase]);
        Assert.Equal(ends, string.Concat(found));
    }

    [Fact]
    public void No_event_was_forgotten()
    {
        var rows = typeof(SessionFsmTests)
            .GetMethod(nameof(Every_event_in_every_state_ends_where_the_table_says))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>()
            .Select(row => (SessionEventKind)row.Data[0]!);
        Assert.Equal(Enum.GetValues<SessionEventKind>().Order(), rows.Order());
    }

    // Whatever comes in whatever order: sessions go up and down in turn, what is closed was open, an idle machine has no
    // timer but its rest, and nothing is sent where there is no connection.
    [Fact]
    public void Any_events_in_any_order_keep_the_books_straight() =>
        Gen.Select(Gen.Int[0, Kinds.Length - 1].Select(at => Kinds[at]), Gen.Int[0, 50])
            .Array[1, 60]
            .Sample(
                steps =>
                {
                    var (state, now, isUp) = (SessionState.Start, TimeSpan.Zero, false);
                    foreach (var (kind, seconds) in steps)
                    {
                        now += TimeSpan.FromSeconds(seconds);
                        var before = state.Phase;
                        var outputs = new List<SessionOutput>();
                        state = SessionFsm.Step(state, new SessionEvent(kind, PeerOpen), Options, now, outputs);
                        foreach (var output in outputs)
                        {
                            Assert.False(output.Kind == SessionOutputKind.Up && isUp);
                            Assert.False(output.Kind == SessionOutputKind.Down && !isUp);
                            isUp = output.Kind switch
                            {
                                SessionOutputKind.Up => true,
                                SessionOutputKind.Down => false,
                                _ => isUp,
                            };
                            Assert.True(
                                before >= SessionPhase.OpenSent
                                    || output.Kind
                                        is SessionOutputKind.Connect
                                            or SessionOutputKind.Close
                                            or SessionOutputKind.SendOpen
                            );
                        }
                        Assert.Equal(isUp, state.Phase == SessionPhase.Established);
                        var left = before >= SessionPhase.OpenSent && state.Phase < SessionPhase.OpenSent;
                        Assert.Equal(left, outputs.Exists(one => one.Kind == SessionOutputKind.Close) && left);
                        if (state.Phase == SessionPhase.Idle)
                        {
                            Assert.Null(state.HoldAt ?? state.KeepaliveAt ?? state.ConnectRetryAt);
                            Assert.Null(state.Negotiated);
                        }
                    }
                },
                iter: 3000
            );

    [Fact]
    public void Negotiates_the_lower_hold_time_and_a_third_of_it_for_keepalives()
    {
        var (state, _) = Step(At(SessionPhase.OpenSent), new SessionEvent(SessionEventKind.Open, PeerOpen));
        Assert.Equal(Now + TimeSpan.FromSeconds(30), state.HoldAt);
        Assert.Equal(Now + TimeSpan.FromSeconds(10), state.KeepaliveAt);
    }

    [Fact]
    public void Runs_no_timers_with_a_hold_time_of_zero()
    {
        var (state, _) = Step(
            At(SessionPhase.OpenSent),
            new SessionEvent(SessionEventKind.Open, PeerOpen with { HoldSeconds = 0 })
        );
        (state, _) = Step(state, new SessionEvent(SessionEventKind.Keepalive));
        Assert.Equal(SessionPhase.Established, state.Phase);
        Assert.Null(state.Due(TimeSpan.MaxValue));
    }

    [Theory]
    // The wrong AS; our own identifier in our own AS; no family in common.
    [InlineData(65002u, 0x0a000002u, 2, (byte)1, "Open/2")]
    [InlineData(65000u, 0x0a000001u, 2, (byte)1, "Open/2")]
    [InlineData(65001u, 0x0a000002u, 2, (byte)128, "Open/7")]
    public void Refuses_an_open_that_does_not_fit(uint number, uint id, ushort afi, byte safi, string error)
    {
        var open = new OpenMessage(
            number,
            90,
            id,
            new Capabilities { Families = [new Family(afi, safi)], FourOctetAs = number }
        );
        var (state, outputs) = Step(At(SessionPhase.OpenSent), new SessionEvent(SessionEventKind.Open, open));
        Assert.Equal(SessionPhase.Idle, state.Phase);
        Assert.Equal(error, outputs[0].Notification!.ToString());
    }

    [Fact]
    public void Rests_longer_with_each_failure_up_to_the_limit()
    {
        var state = At(SessionPhase.OpenSent);
        var rests = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            (state, _) = Step(
                state with
                {
                    Phase = SessionPhase.OpenSent,
                },
                new SessionEvent(SessionEventKind.HoldTimerExpires)
            );
            rests.Add((state.IdleHoldAt!.Value - Now).TotalSeconds);
        }
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], rests);
    }

    private static SessionState At(SessionPhase phase) =>
        phase switch
        {
            SessionPhase.Idle => SessionState.Start,
            SessionPhase.Connect => SessionState.Start with { Phase = phase, ConnectRetryAt = Now },
            SessionPhase.Active => SessionState.Start with { Phase = phase, ConnectRetryAt = Now },
            SessionPhase.OpenSent => SessionState.Start with { Phase = phase, HoldAt = Now },
            _ => SessionState.Start with
            {
                Phase = phase,
                HoldAt = Now,
                KeepaliveAt = Now,
                PeerOpen = PeerOpen,
                Negotiated = Negotiated.Of(Options.Open, PeerOpen),
            },
        };

    private static (SessionState, List<SessionOutput>) Step(SessionState state, SessionEvent input)
    {
        var outputs = new List<SessionOutput>();
        return (SessionFsm.Step(state, input, Options, Now, outputs), outputs);
    }

    private static string Words(SessionOutput output) =>
        output.Kind == SessionOutputKind.SendNotification
            ? $"SendNotification:{output.Notification}"
            : output.Kind.ToString();
}
