using CsCheck;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

public class DecisionTests
{
    private sealed record Candidate(ushort Source, uint PathId, AttributeSet Set);

    // Few values each, so that ties are many.
    private static readonly Gen<Candidate> OneCandidate =
        from source in Gen.UShort[1, 6]
        from pathId in Gen.UInt[0, 1]
        from pref in Gen.UInt[100, 101]
        from first in Gen.UInt[64001, 64002]
        from length in Gen.Int[0, 2]
        from origin in Gen.Int[0, 1]
        from med in Gen.UInt[0, 2]
        from originator in Gen.UInt[0, 2]
        from clusters in Gen.Int[0, 2]
        from stale in Gen.Int[0, 9]
        select new Candidate(source, pathId, Make(pref, first, length, origin, med, originator, clusters, stale == 0));

    private static AttributeSet Make(
        uint pref,
        uint first,
        int length,
        int origin,
        uint med,
        uint originator,
        int clusters,
        bool stale
    )
    {
        var builder = new AttributeBuilder().Start();
        builder.NextHop = Address.V4(0x0a000001);
        builder.Origin((Origin)origin).Set(AttributeCode.AsPath, []).Set(AttributeCode.LocalPref, pref);
        if (length > 0)
        {
            builder.Prepend(1, length - 1 == 0 ? 1 : length - 1).Prepend(first);
        }
        if (med > 0)
        {
            builder.Set(AttributeCode.Med, med);
        }
        if (originator > 0)
        {
            builder.Set(AttributeCode.OriginatorId, originator);
        }
        if (clusters > 0)
        {
            builder.Set(AttributeCode.ClusterList, new byte[4 * clusters]);
        }
        if (stale)
        {
            builder.Community(Community.LlgrStale);
        }
        return builder.Build();
    }

    [Fact]
    public void Chooses_as_the_text_of_the_rfc_says() =>
        OneCandidate
            .Array[1, 12]
            .Sample(
                candidates =>
                {
                    var world = new RibWorld(Family.IPv4Unicast, sources: 6);
                    var route = Nlri.Unicast(Prefix.Parse("10.0.0.0/8"));
                    foreach (var candidate in candidates)
                    {
                        world.Announce(candidate.Source, route with { PathId = candidate.PathId }, candidate.Set);
                    }
                    var last = candidates.Reverse().DistinctBy(one => (one.Source, one.PathId)).ToArray();
                    var best = Naive(world, last);
                    ref var chosen = ref world.Rib.Table.Path(world.Rib.Table.First(0));
                    Assert.Equal((best.Source, best.PathId), (chosen.Source, chosen.PathId));
                },
                iter: 3000,
                threads: 1
            );

    [Fact]
    public void Does_not_care_in_which_order_routes_came() =>
        Gen.Select(OneCandidate.Array[1, 10], Gen.Int)
            .Sample(
                (candidates, seed) =>
                {
                    var distinct = candidates.DistinctBy(one => (one.Source, one.PathId)).ToArray();
                    var shuffled = distinct.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(Outcome(distinct), Outcome(shuffled));
                },
                iter: 2000,
                threads: 1
            );

    private static string Outcome(Candidate[] candidates)
    {
        var world = new RibWorld(Family.IPv4Unicast, sources: 6);
        foreach (var candidate in candidates)
        {
            world.Announce(
                candidate.Source,
                Nlri.Unicast(Prefix.Parse("10.0.0.0/8")) with
                {
                    PathId = candidate.PathId,
                },
                candidate.Set
            );
        }
        var listener = world.Listen(40, isInternal: false);
        world.Flush(listener);
        var table = world.Rib.Table;
        var equals = new List<string>();
        for (var at = table.First(0); at != 0; at = table.Path(at).Next)
        {
            if ((table.Path(at).Flags & PathFlags.Multipath) != 0)
            {
                equals.Add($"{table.Path(at).Source}/{table.Path(at).PathId}");
            }
        }
        return string.Join(';', listener.Held) + " " + string.Join(' ', equals.Order());
    }

    // RFC 4271 §9.1.2.2 read aloud: at each step keep the best, then go on with those that are left.
    private static Candidate Naive(RibWorld world, Candidate[] all)
    {
        IEnumerable<Candidate> left = all;
        left = Keep(left, one => one.Set.HasCommunity(Community.LlgrStale) ? 1 : 0);
        left = Keep(left, one => -(long)one.Set.LocalPref);
        left = Keep(left, one => one.Set.PathLength);
        left = Keep(left, one => (long)one.Set.Origin);
        left = left.GroupBy(one => one.Set.NeighborAs).SelectMany(group => Keep(group, one => one.Set.Med)).ToArray();
        left = Keep(left, one => world.Sources[one.Source].IsInternal ? 1 : 0);
        left = Keep(left, one => one.Set.OriginatorId != 0 ? one.Set.OriginatorId : world.Sources[one.Source].RouterId);
        left = Keep(left, one => one.Set.ClusterCount);
        left = Keep(left, one => (long)world.Sources[one.Source].Address.Bits);
        left = Keep(left, one => one.PathId);
        return left.Single();
    }

    private static Candidate[] Keep(IEnumerable<Candidate> from, Func<Candidate, long> measure)
    {
        var list = from.ToArray();
        var least = list.Min(measure);
        return list.Where(one => measure(one) == least).ToArray();
    }
}
