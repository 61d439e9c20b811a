using System.Collections.Immutable;

namespace Tombolo.Bgp.Wire;

/// <summary>What one side of a session offers (RFC 5492).</summary>
public sealed record Capabilities
{
    public ImmutableArray<Family> Families { get; init; } = [];

    public bool RouteRefresh { get; init; }

    public bool EnhancedRouteRefresh { get; init; }

    public bool ExtendedMessage { get; init; }

    /// <summary>The sender's AS if it speaks four octets (RFC 6793), else null.</summary>
    public uint? FourOctetAs { get; init; }

    public ImmutableDictionary<Family, AddPathMode> AddPath { get; init; } =
        ImmutableDictionary<Family, AddPathMode>.Empty;

    /// <summary>Null without the capability.</summary>
    public GracefulRestart? GracefulRestart { get; init; }

    /// <summary>Families of RFC 9494; default (not merely empty) without the capability.</summary>
    public ImmutableArray<GracefulRestartFamily> LongLived { get; init; }

    /// <summary>Codes that were offered and mean nothing here, for tools.</summary>
    public ImmutableArray<byte> Unknown { get; init; } = [];

    /// <summary>Reads one OPEN's optional parameters; a capability that is malformed is left out (RFC 5492 §3 leaves it
    /// to the receiver), a malformed list of parameters is not a list.</summary>
    public static bool TryRead(ReadOnlySpan<byte> parameters, bool extendedLength, out Capabilities capabilities)
    {
        capabilities = new Capabilities();
        var wire = new WireReader(parameters);
        while (!wire.AtEnd)
        {
            if (!wire.TryU8(out var type))
            {
                return false;
            }
            int length;
            if (extendedLength)
            {
                if (!wire.TryU16(out var wide))
                {
                    return false;
                }
                length = wide;
            }
            else
            {
                if (!wire.TryU8(out var narrow))
                {
                    return false;
                }
                length = narrow;
            }
            // Parameter 2 is capabilities; 1, authentication, is long deprecated and any other is refused.
            if (!wire.TryTake(length, out var value) || type != 2)
            {
                return false;
            }
            var list = new WireReader(value);
            while (!list.AtEnd)
            {
                if (!list.TryU8(out var code) || !list.TryU8(out var size) || !list.TryTake(size, out var body))
                {
                    return false;
                }
                CapabilityTable.Read(code, body, ref capabilities);
            }
        }
        return true;
    }

    /// <summary>Writes every capability as one optional parameter, in the table's order.</summary>
    public void WriteTo(OctetBuffer to) => CapabilityTable.Write(this, to);
}
