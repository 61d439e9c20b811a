using Tombolo.Bgp.Wire;
using Tombolo.Tests.Bgp;

namespace Tombolo.Tests.Fuzz;

/// <summary>The codec's fuzz target: the first octet chooses what the rest is read as. It may refuse anything and throw
/// nothing; what it accepts it can write and read again. Fits SharpFuzz's <c>Fuzzer.LibFuzzer.Run(BgpTarget.Run)</c>.</summary>
internal static class BgpTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }
        var rest = input[1..];
        switch (input[0] & 7)
        {
            case 0:
                UpdateCodecTests.Use(
                    new UpdateReader(),
                    rest,
                    new SessionTraits((input[0] & 8) != 0, (input[0] & 16) != 0)
                );
                break;
            case 1:
                if (OpenMessage.TryRead(rest, out var open, out _))
                {
                    var to = new OctetBuffer();
                    open.WriteTo(to);
                    Assert.True(OpenMessage.TryRead(to.Written[Message.HeaderOctets..], out var again, out _));
                    Assert.Equal(open.As, again.As);
                }
                break;
            case 2:
                Message.TryFrame(rest, (input[0] & 8) != 0, out _, out _, out _);
                RouteRefreshMessage.TryRead(rest, out _);
                if (NotificationMessage.TryRead(rest, out var notification))
                {
                    _ = notification.ToString();
                }
                break;
            default:
                Routes(Families.All[(input[0] >> 3) % Families.All.Count], rest, (input[0] & 7) == 3);
                break;
        }
    }

    // What is read, written and read again is the same.
    private static void Routes(FamilyDescriptor family, ReadOnlySpan<byte> field, bool addPath)
    {
        var wire = new WireReader(field);
        while (!wire.AtEnd)
        {
            var outcome = family.TryRead(ref wire, addPath, false, out var route);
            if (outcome == NlriOutcome.Malformed)
            {
                return;
            }
            if (outcome == NlriOutcome.Read)
            {
                var to = new OctetBuffer();
                family.WriteTo(to, route, addPath, false);
                var again = new WireReader(to.Written);
                Assert.Equal(NlriOutcome.Read, family.TryRead(ref again, addPath, false, out var same));
                Assert.True(again.AtEnd);
                Assert.Equal(route, same);
                _ = family.Format(route);
            }
        }
    }
}
