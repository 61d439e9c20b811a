using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

/// <summary>Tables without sockets: neighbours that keep what they are sent, as the octets say.</summary>
internal sealed class RibWorld
{
    public RibWorld(Family family, RibOptions? options = null, int sources = 4, bool internalPeers = false)
    {
        Options =
            options
            ?? new RibOptions
            {
                LocalAs = 65000,
                RouterId = 1,
                ClusterId = 1,
                MaxPaths = 4,
            };
        for (var i = 1; i <= sources; i++)
        {
            var source = Sources.Add($"peer{i}");
            source.Address = Address.V4(0x0a000000u + (uint)i);
            source.RouterId = (uint)(100 - i);
            source.As = 64000u + (uint)i;
            source.IsInternal = internalPeers || i % 3 == 0;
            source.IsClient = source.IsInternal && i % 2 == 0;
        }
        Rib = new FamilyRib(
            Families.Of(family),
            Sets,
            new Decision(Sets, Sources, Options),
            new Export(Sets, Sources, Options),
            Pool
        );
    }

    public RibOptions Options { get; }

    public AttributeSets Sets { get; } = new();

    public RouteSources Sources { get; } = new();

    public SharedBufferPool Pool { get; } = new();

    public FamilyRib Rib { get; }

    public void Announce(ushort source, Nlri nlri, AttributeSet set)
    {
        var number = Sets.Acquire(set);
        Rib.Announce(source, nlri, number, number, PathFlags.None);
        Sets.Release(number);
    }

    public Listener Listen(ushort source, bool isInternal, bool addPath = false, bool isClient = false)
    {
        var feed = new PeerFeed(source);
        var key = new GroupKey(
            Rib.Family.Family,
            isInternal,
            isClient,
            true,
            false,
            addPath,
            true,
            Rib.Family.Family.Afi == 2 ? Address.V6(0x0a0000fe) : Address.V4(0x0a0000fe),
            !isInternal,
            65000,
            Tombolo.Bgp.Policy.RoutePolicy.AcceptAll,
            null
        );
        return new Listener(this, feed, Rib.Join(key, feed));
    }

    public void Flush(params Listener[] listeners)
    {
        Rib.Flush();
        Rib.Merge(
            (feed, group) =>
            {
                foreach (var listener in listeners.Where(one => one.Feed == feed))
                {
                    listener.Group = group;
                }
            }
        );
        foreach (var listener in listeners)
        {
            listener.Drain();
        }
    }

    internal sealed class Listener(RibWorld world, PeerFeed feed, UpdateGroup group)
    {
        public PeerFeed Feed => feed;

        public UpdateGroup Group { get; set; } = group;

        /// <summary>What the neighbour holds: destination and path identifier → label and attributes.</summary>
        public SortedDictionary<(NlriKey, uint), string> Held { get; } = [];

        public int Messages { get; private set; }

        public void Drain()
        {
            var parts = new List<ArraySegment<byte>>();
            var buffers = new List<SharedBuffer>();
            feed.Take(parts, buffers, int.MaxValue);
            var all = new OctetBuffer();
            foreach (var part in parts)
            {
                all.Octets(part);
            }
            buffers.ForEach(buffer => buffer.Release());
            var family = world.Rib.Family;
            foreach (var body in UpdateCodecTests.Bodies(all, false))
            {
                Messages++;
                var reader = new UpdateReader();
                Assert.True(reader.Read(body.Span, new SessionTraits(true, true)));
                Assert.Equal(UpdateAction.None, reader.Action);
                var (gone, come) = family.IsClassic
                    ? (reader.Withdrawn, reader.Announced)
                    : (reader.Unreach, reader.Reach);
                foreach (var route in UpdateCodecTests.Routes(body.Span[gone], family, Group.Key.AddPath, true))
                {
                    Assert.True(Held.Remove((route.Key, route.PathId)), "withdrawn what was not announced");
                }
                var hop = family.IsClassic ? reader.NextHop : reader.ReachNextHop;
                foreach (var route in UpdateCodecTests.Routes(body.Span[come], family, Group.Key.AddPath, false))
                {
                    Held[(route.Key, route.PathId)] =
                        $"{route.Label} {route.Overlay?.Label} {hop} {Convert.ToHexString(reader.Canonical)}";
                }
            }
        }

        /// <summary>What it should hold, worked out route by route.</summary>
        public SortedDictionary<(NlriKey, uint), string> Expected()
        {
            var expected = new SortedDictionary<(NlriKey, uint), string>();
            var table = world.Rib.Table;
            var export = new Export(world.Sets, world.Sources, world.Options);
            for (var destination = 0; destination < table.Limit; destination++)
            {
                if (!table.Exists(destination))
                {
                    continue;
                }
                for (var at = table.First(destination); at != 0; at = Group.Key.AddPath ? table.Path(at).Next : 0)
                {
                    ref var path = ref table.Path(at);
                    if (
                        path.Source == feed.Source
                        || export.Judge(Group.Key, path.Attributes, path.Source, null, out var sent, out _)
                            != ExportVerdict.Sent
                    )
                    {
                        continue;
                    }
                    var route = table.Nlri(destination, Group.Key.AddPath ? (uint)at : 0, path.Payload);
                    var set = world.Sets[sent];
                    expected[(route.Key, route.PathId)] =
                        $"{route.Label} {route.Overlay?.Label} {set.NextHop} {Convert.ToHexString(set.Octets)}";
                    world.Sets.Release(sent);
                }
            }
            return expected;
        }
    }
}
