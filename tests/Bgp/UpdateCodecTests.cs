using CsCheck;
using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

public class UpdateCodecTests
{
    private static readonly SessionTraits Internal = new(IsInternal: true, FourOctetAs: true);

    public static TheoryData<string> FamilyNames => new(Families.All.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(FamilyNames))]
    public void Reads_back_what_it_writes(string name)
    {
        var family = Families.Find(name)!;
        var hop = family.Family.Afi == 2 ? BgpGen.V6 : BgpGen.V4;
        Gen.Select(BgpGen.Attributes(hop), BgpGen.Nlri(family.Family).Array[1, 600], Gen.Bool, Gen.Bool, Gen.Bool)
            .Sample(
                (attributes, routes, addPath, extended, fourOctetAs) =>
                {
                    if (addPath)
                    {
                        routes = routes.Select((route, at) => route with { PathId = (uint)at }).ToArray();
                    }
                    var to = new OctetBuffer();
                    var writer = new UpdateWriter(to);
                    Assert.True(writer.Begin(family, attributes, addPath, extended, fourOctetAs));
                    foreach (var route in routes)
                    {
                        writer.Add(route);
                    }
                    writer.End();
                    var read = new List<Nlri>();
                    foreach (var body in Bodies(to, extended))
                    {
                        var reader = new UpdateReader();
                        Assert.True(reader.Read(body.Span, Internal with { FourOctetAs = fourOctetAs }));
                        Assert.Equal(UpdateAction.None, reader.Action);
                        Assert.Equal(attributes.NextHop, family.IsClassic ? reader.NextHop : reader.ReachNextHop);
                        Assert.Equal(Convert.ToHexString(attributes.Octets), Convert.ToHexString(reader.Canonical));
                        read.AddRange(
                            Routes(
                                body.Span[family.IsClassic ? reader.Announced : reader.Reach],
                                family,
                                addPath,
                                false
                            )
                        );
                    }
                    Assert.Equal(routes, read);
                },
                iter: 100
            );
    }

    [Theory]
    [MemberData(nameof(FamilyNames))]
    public void Reads_back_what_it_withdraws(string name)
    {
        var family = Families.Find(name)!;
        BgpGen
            .Nlri(family.Family)
            .Array[1, 2000]
            .Sample(
                routes =>
                {
                    var to = new OctetBuffer();
                    var writer = new UpdateWriter(to);
                    writer.BeginWithdraw(family, false, false);
                    foreach (var route in routes)
                    {
                        writer.Add(route);
                    }
                    writer.End();
                    var keys = new List<NlriKey>();
                    foreach (var body in Bodies(to, false))
                    {
                        var reader = new UpdateReader();
                        Assert.True(reader.Read(body.Span, Internal));
                        keys.AddRange(
                            Routes(body.Span[family.IsClassic ? reader.Withdrawn : reader.Unreach], family, false, true)
                                .Select(route => route.Key)
                        );
                    }
                    Assert.Equal(routes.Select(route => route.Key), keys);
                },
                iter: 30
            );
    }

    [Theory]
    [MemberData(nameof(FamilyNames))]
    public void Text_of_a_route_names_it(string name)
    {
        var family = Families.Find(name)!;
        BgpGen
            .Nlri(family.Family)
            .Sample(
                route =>
                {
                    Assert.True(family.Parse(family.Format(route), out var parsed));
                    Assert.Equal(route.Key, parsed!.Value.Key);
                },
                iter: 200
            );
    }

    [Theory]
    [MemberData(nameof(FamilyNames))]
    public void Knows_the_end_of_each_family(string name)
    {
        var family = Families.Find(name)!;
        var to = new OctetBuffer();
        UpdateWriter.WriteEndOfRib(to, family);
        var reader = new UpdateReader();
        Assert.True(reader.Read(to.Written[Message.HeaderOctets..], Internal));
        Assert.Equal(family.Family, reader.EndOfRib);
    }

    [Fact]
    public void Any_octets_never_throw()
    {
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool, Gen.Bool)
            .Sample(
                (octets, isInternal, wide) =>
                {
                    Use(new UpdateReader(), octets, new SessionTraits(isInternal, wide));
                },
                iter: 20_000
            );
    }

    [Fact]
    public void Mutated_messages_never_throw()
    {
        foreach (var family in Families.All)
        {
            var hop = family.Family.Afi == 2 ? BgpGen.V6 : BgpGen.V4;
            Gen.Select(
                    BgpGen.Attributes(hop),
                    BgpGen.Nlri(family.Family).Array[1, 20],
                    Gen.Int[0, int.MaxValue].Array[1, 6],
                    Gen.Byte.Array[6, 6],
                    Gen.Bool
                )
                .Sample(
                    (attributes, routes, places, values, isInternal) =>
                    {
                        var to = new OctetBuffer();
                        var writer = new UpdateWriter(to);
                        writer.Begin(family, attributes, false, true, true);
                        foreach (var route in routes)
                        {
                            writer.Add(route);
                        }
                        writer.End();
                        var body = to.Written[Message.HeaderOctets..].ToArray();
                        for (var i = 0; i < places.Length; i++)
                        {
                            body[places[i] % body.Length] = values[i];
                        }
                        var reader = new UpdateReader();
                        Use(reader, body, new SessionTraits(isInternal, true));
                        Use(reader, body.AsSpan(0, places[0] % body.Length), new SessionTraits(isInternal, false));
                    },
                    iter: 2000
                );
        }
    }

    /// <summary>Reads it all and makes an attribute set and text of it, as a speaker and its tools would.</summary>
    internal static void Use(UpdateReader reader, ReadOnlySpan<byte> body, SessionTraits traits)
    {
        if (!reader.Read(body, traits))
        {
            Assert.NotNull(reader.Error);
            return;
        }
        _ = reader.EndOfRib;
        if (reader.Action < UpdateAction.TreatAsWithdraw)
        {
            var set = new AttributeSet(reader.Canonical, reader.NextHop);
            foreach (var attribute in set.Attributes)
            {
                _ = AttributeTable.Find(attribute.Code)?.Format(attribute.Value);
            }
        }
        foreach (
            var (span, family, withdrawn) in new[]
            {
                (reader.Withdrawn, Family.IPv4Unicast, true),
                (reader.Announced, Family.IPv4Unicast, false),
                (reader.Reach, reader.ReachFamily, false),
                (reader.Unreach, reader.UnreachFamily, true),
            }
        )
        {
            if (Families.Find(family) is not { } row)
            {
                continue;
            }
            var wire = new WireReader(body[span]);
            while (!wire.AtEnd)
            {
                var outcome = row.TryRead(ref wire, false, withdrawn, out var route);
                if (outcome == NlriOutcome.Malformed)
                {
                    break;
                }
                if (outcome == NlriOutcome.Read)
                {
                    _ = row.Format(route);
                    row.WriteTo(new OctetBuffer(), route, false, withdrawn);
                }
            }
        }
    }

    internal static List<ReadOnlyMemory<byte>> Bodies(OctetBuffer messages, bool extended)
    {
        var bodies = new List<ReadOnlyMemory<byte>>();
        for (var rest = messages.Written; !rest.IsEmpty; )
        {
            Assert.True(Message.TryFrame(rest, extended, out var type, out var length, out _));
            Assert.Equal(MessageType.Update, type);
            Assert.True(extended || length <= Message.MaxOctets);
            bodies.Add(rest[Message.HeaderOctets..length].ToArray());
            rest = rest[length..];
        }
        return bodies;
    }

    internal static List<Nlri> Routes(ReadOnlySpan<byte> field, FamilyDescriptor family, bool addPath, bool withdrawn)
    {
        var routes = new List<Nlri>();
        var wire = new WireReader(field);
        while (!wire.AtEnd)
        {
            Assert.Equal(NlriOutcome.Read, family.TryRead(ref wire, addPath, withdrawn, out var route));
            routes.Add(route);
        }
        return routes;
    }
}
