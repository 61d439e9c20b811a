using System.Collections.Immutable;
using CsCheck;
using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

public class OpenCodecTests
{
    private static readonly Gen<Family> Family = Gen.Int[0, Families.All.Count - 1]
        .Select(at => Families.All[at].Family);

    private static readonly Gen<OpenMessage> Open =
        from number in Gen.UInt[1, uint.MaxValue]
        from hold in Gen.UShort[3, 65535]
        from id in Gen.UInt[1, uint.MaxValue]
        from families in Family.Array[0, 6]
        from has in Gen.Int[0, 63]
        from seconds in Gen.UShort[0, 4095]
        from many in Gen.Bool
        select new OpenMessage(
            number,
            hold,
            id,
            new Capabilities
            {
                Families = families.Distinct().ToImmutableArray(),
                FourOctetAs = number,
                RouteRefresh = (has & 1) != 0,
                EnhancedRouteRefresh = (has & 2) != 0,
                ExtendedMessage = (has & 4) != 0,
                AddPath =
                    (has & 8) != 0
                        ? families.Distinct().ToImmutableDictionary(family => family, _ => AddPathMode.Both)
                        : ImmutableDictionary<Family, AddPathMode>.Empty,
                GracefulRestart =
                    (has & 16) != 0
                        ? new GracefulRestart(
                            many,
                            true,
                            seconds,
                            Enumerable
                                .Repeat(
                                    families.Distinct().Select(family => new GracefulRestartFamily(family, true)),
                                    many ? 40 : 1
                                )
                                .SelectMany(row => row)
                                .Take(60)
                                .ToImmutableArray()
                        )
                        : null,
                LongLived =
                    (has & 32) != 0
                        ? families
                            .Distinct()
                            .Select(family => new GracefulRestartFamily(family, false, seconds))
                            .ToImmutableArray()
                        : default,
            }
        );

    [Fact]
    public void Reads_back_what_it_writes() =>
        Open.Sample(open =>
        {
            var first = Octets(open);
            Assert.True(
                OpenMessage.TryRead(first.AsSpan(Message.HeaderOctets), out var read, out var error),
                error?.ToString()
            );
            Assert.Equal((open.As, open.HoldSeconds, open.RouterId), (read.As, read.HoldSeconds, read.RouterId));
            Assert.Equal(Convert.ToHexString(first), Convert.ToHexString(Octets(read)));
        });

    [Fact]
    public void Any_octets_never_throw() =>
        Gen
            .Byte.Array[0, 100]
            .Sample(
                octets =>
                {
                    OpenMessage.TryRead(octets, out _, out _);
                    Message.TryFrame(octets, true, out _, out _, out _);
                    RouteRefreshMessage.TryRead(octets, out _);
                    NotificationMessage.TryRead(octets, out _);
                    Capabilities.TryRead(octets, false, out _);
                },
                iter: 20_000
            );

    [Theory]
    // Version 3; hold time 2; identifier 0; AS 0 (RFC 4271 §6.2, RFC 6286).
    [InlineData("03fde8005a0a00000100", 1)]
    [InlineData("04fde800020a00000100", 6)]
    [InlineData("04fde8005a0000000000", 3)]
    [InlineData("040000005a0a00000100", 2)]
    // Parameters that overrun, a parameter that is no capability.
    [InlineData("04fde8005a0a00000105", 0)]
    [InlineData("04fde8005a0a00000102" + "0100", 0)]
    public void Refuses_with_the_subcode(string octets, byte subcode)
    {
        Assert.False(OpenMessage.TryRead(Convert.FromHexString(octets), out _, out var error));
        Assert.Equal((ErrorCode.Open, subcode), (error!.Code, error.Subcode));
    }

    private static byte[] Octets(OpenMessage open)
    {
        var to = new OctetBuffer();
        open.WriteTo(to);
        return to.Written.ToArray();
    }
}
