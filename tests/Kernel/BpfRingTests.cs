using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>The agent's own reader of the ring <c>events</c>.</summary>
[Trait("needs", "root")]
public sealed class BpfRingTests : IDisposable
{
    // A record has 64 octets and a header of 8.
    private const int Fits = (1 << 20) / 72;

    private readonly NodeA node = new();

    public BpfRingTests()
    {
        Assert.True(node.Datapath.Maps.Settings.TryGet(0, out var settings));
        node.Datapath.Maps.Settings.Set(0, settings with { EventSample = 1, EventLimit = 0 });
    }

    [Fact]
    public void Every_event_is_read_once_and_in_order_round_and_round()
    {
        const int rounds = 40;
        const int each = 997;
        var read = new List<ulong>();
        for (var i = 0; i < rounds; i++)
        {
            Drop(each);
            read.AddRange(Read(most: 900)); // so that some wait for the call after
        }
        for (var more = Read(900); more.Count > 0; more = Read(900))
        {
            read.AddRange(more);
        }
        Assert.True(rounds * each > 2 * Fits);
        Assert.Equal(rounds * each, read.Count);
        Assert.Equal(read.Distinct().Order(), read);
    }

    [Fact]
    public void A_ring_that_nobody_reads_keeps_what_came_first_and_takes_new_ones_once_it_is_skipped()
    {
        Drop(Fits + 500);
        var first = Read(1).Single();
        node.Datapath.Maps.Events.Skip();
        Assert.Empty(Read(1));
        Drop(1);
        Assert.True(Read(int.MaxValue).Single() > first);
    }

    [Fact]
    public void What_is_full_holds_as_many_as_fit()
    {
        Drop(Fits + 500);
        Assert.Equal(Fits, Read(int.MaxValue).Count);
    }

    public void Dispose() => node.Dispose();

    /// <summary>The times of the events: no two packets of one CPU have the same.</summary>
    private List<ulong> Read(int most)
    {
        var events = node.Datapath.Maps.Events.Read(most);
        Assert.All(events, said => Assert.Equal((EventKind.Drop, DropReason.SpoofedMac), (said.Kind, said.Reason)));
        return [.. events.Select(said => said.Nanoseconds)];
    }

    // From a MAC that is not the pod's own: dropped, and answered by nothing that would change the packet for the next time.
    private void Drop(int packets) =>
        node.Run(
            node.Datapath.Programs.FromPod,
            node.RedPod.IfIndex,
            Ethernet(Mac.Gateway, node.RedOther.Mac, UdpPacket(Address.Parse("10.10.0.5"), Address.Parse("10.10.0.6"))),
            repeat: packets
        );
}
