using System.Collections.Immutable;

namespace Tombolo.Bgp.Wire;

/// <summary>The graceful restart capability (RFC 4724 §3, RFC 8538 §2).</summary>
/// <param name="Restarting">The sender has just restarted: do not wait for its End-of-RIB from us.</param>
/// <param name="OnNotification">The N bit: a NOTIFICATION other than a hard reset also keeps routes.</param>
/// <param name="Seconds">Restart time, 0 to 4095.</param>
public sealed record GracefulRestart(
    bool Restarting,
    bool OnNotification,
    ushort Seconds,
    ImmutableArray<GracefulRestartFamily> Families
)
{
    public bool Has(Family family) => Families.Any(row => row.Family == family);

    public bool Equals(GracefulRestart? other) =>
        other is not null
        && Restarting == other.Restarting
        && OnNotification == other.OnNotification
        && Seconds == other.Seconds
        && Families.AsSpan().SequenceEqual(other.Families.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Restarting, OnNotification, Seconds, Families.Length);
}
