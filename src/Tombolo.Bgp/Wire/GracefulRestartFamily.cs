namespace Tombolo.Bgp.Wire;

/// <summary>A family in the graceful restart capability (RFC 4724 §3) or its long-lived kin (RFC 9494 §3.1).</summary>
/// <param name="ForwardingKept">The sender kept forwarding over its restart.</param>
/// <param name="LongLivedSeconds">How long stale routes may stay after the restart time; 0 outside RFC 9494.</param>
public readonly record struct GracefulRestartFamily(Family Family, bool ForwardingKept, uint LongLivedSeconds = 0);
