using System.Net.Sockets;
using System.Threading.Channels;
using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Transport;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

/// <summary>
/// A BGP speaker: sessions, tables and policies on one loop that owns all state. Its methods may be called from any
/// thread; they post to the loop and complete when it has done what they ask.
/// </summary>
public sealed partial class Speaker
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly SpeakerOptions options;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly Action<BgpEvent> events;

    // Unbounded, and yet bounded: a link reports two buffers before it must be given one back.
    private readonly Channel<(LinkReport Report, Action? Work)> inbox = Channel.CreateUnbounded<(LinkReport, Action?)>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly AttributeSets sets = new();
    private readonly RouteSources sources = new();
    private readonly SharedBufferPool pool = new();
    private readonly Dictionary<Family, FamilyRib> ribs = [];
    private readonly Dictionary<string, Neighbor> neighbors = [];
    private readonly Dictionary<Address, Neighbor> byAddress = [];
    private readonly Dictionary<TcpLink, Neighbor> links = [];
    private readonly List<(Socket Socket, Address Address)> listeners = [];
    private readonly UpdateReader reader = new();
    private readonly AttributeBuilder builder = new();
    private readonly List<PeerOutput> outputs = [];
    private readonly RibOptions ribOptions;
    private readonly Export export;
    private bool isHeld;
    private bool isDeferring;
    private TimeSpan deferredUntil;
    private CancellationToken stopping;

    public Speaker(SpeakerOptions options, TimeProvider time, Action<BgpEvent> events)
    {
        this.options = options;
        this.time = time;
        this.events = events;
        started = time.GetTimestamp();
        isHeld = options.StartsHeld;
        isDeferring = options.Restarting;
        deferredUntil = options.DeferralTime;
        var cluster = options.ClusterId.Family == Values.AddressFamily.None ? options.RouterId : options.ClusterId;
        ribOptions = new RibOptions
        {
            LocalAs = options.As,
            RouterId = (uint)options.RouterId.Bits,
            ClusterId = (uint)cluster.Bits,
            MaxPaths = options.MaxPaths,
            AlwaysCompareMed = options.AlwaysCompareMed,
            NextHopCost = options.NextHopCost,
        };
        export = new Export(sets, sources, ribOptions);
        var decision = new Decision(sets, sources, ribOptions);
        foreach (var family in Families.All)
        {
            ribs[family.Family] = new FamilyRib(family, sets, decision, export, pool);
        }
        sources[RouteSource.Local].As = options.As;
        sources[RouteSource.Local].RouterId = ribOptions.RouterId;
    }

    private TimeSpan Now => time.GetElapsedTime(started);

    /// <summary>Runs until cancelled; then tells neighbours and closes.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        stopping = cancel;
        // Neighbours that were added before know theirs when the first connection comes.
        Turn();
        Listen();
        using var ticks = time.CreateTimer(_ => Post(Tick), null, TickEvery, TickEvery);
        try
        {
            while (await inbox.Reader.WaitToReadAsync(cancel))
            {
                Turn();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            StopAll();
        }
    }

    public Task AddNeighborAsync(NeighborOptions neighbor) => DoAsync(() => Add(neighbor));

    public Task RemoveNeighborAsync(string name) => DoAsync(() => Remove(name));

    /// <summary>Announces a route of our own. A next hop of none becomes our address towards each neighbour.</summary>
    public Task AnnounceAsync(Family family, Nlri nlri, AttributeSet attributes) =>
        DoAsync(() =>
        {
            var number = sets.Acquire(attributes);
            ribs[family].Announce(RouteSource.Local, nlri, number, number, PathFlags.None);
            sets.Release(number);
        });

    public Task WithdrawAsync(Family family, Nlri nlri) =>
        DoAsync(() => ribs[family].Withdraw(RouteSource.Local, nlri));

    /// <summary>Lets a speaker that started held begin to send.</summary>
    public Task Release() => DoAsync(() => isHeld = false);

    /// <summary>Asks a neighbour for its routes again (RFC 2918).</summary>
    /// <returns>False if it is not up or cannot.</returns>
    public Task<bool> RefreshAsync(string name, Family family) =>
        AskAsync(() =>
        {
            if (Find(name) is not { Link: { } link, Negotiated.RouteRefresh: true })
            {
                return false;
            }
            link.Send(pool, new RouteRefreshMessage(family, RefreshKind.Request).WriteTo);
            return true;
        });

    /// <summary>Ends a neighbour's session with a Cease; it comes back by itself.</summary>
    public Task ResetAsync(string name, byte subcode) =>
        DoAsync(() =>
        {
            if (Find(name) is { Link: { } link } neighbor)
            {
                Step(
                    neighbor,
                    link.Direction,
                    new SessionEvent(SessionEventKind.AutomaticStop, Notification: NotificationMessage.Cease(subcode))
                );
            }
        });

    /// <summary>Changes what is let in and out of one family of a neighbour, at once and without a session's reset.</summary>
    public Task SetPolicyAsync(string name, Family family, RoutePolicy import, RoutePolicy export) =>
        DoAsync(() => SetPolicy(name, family, import, export));

    private Task<bool> DoAsync(Action work) =>
        AskAsync(() =>
        {
            work();
            return true;
        });

    private Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // The asker decides; the loop goes on.
                answer.SetException(failure);
            }
        });
        return answer.Task;
    }

    private void Post(Action work) => inbox.Writer.TryWrite((default, work));

    private void Post(LinkReport report) => inbox.Writer.TryWrite((report, null));

    // Some input, then all output: changes that come together leave together.
    private void Turn()
    {
        for (var left = 64; left > 0 && inbox.Reader.TryRead(out var item); left--)
        {
            if (item.Work is { } work)
            {
                work();
            }
            else
            {
                Handle(item.Report);
            }
        }
        Flush();
    }

    private void Flush()
    {
        if (!isHeld && !isDeferring)
        {
            foreach (var rib in ribs.Values)
            {
                rib.Flush();
                rib.Merge(Moved);
            }
        }
        foreach (var neighbor in neighbors.Values)
        {
            neighbor.Link?.TrySend();
        }
        Tell();
    }

    private Neighbor? Find(string name) => neighbors.GetValueOrDefault(name);

    private void Say(BgpEventKind kind, string neighbor, string detail) => events(new BgpEvent(kind, neighbor, detail));
}
