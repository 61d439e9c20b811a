namespace Tombolo.Linux.Preflight;

/// <summary>Can a node be served? Everything that <c>tombolo check</c> looks at but firewalls.</summary>
public static class NodeCheck
{
    /// <summary>Looks; changes nothing. In the calling thread's network namespace, as root.</summary>
    /// <param name="underlay">Device that tunnels are to leave by; null: the default route's.</param>
    /// <param name="programs">The compiled programs; null: not looked at.</param>
    public static IReadOnlyList<Finding> Look(string? underlay, string? programs) =>
        [
            .. Limits.Look(),
            .. KernelFeatures.Look(),
            .. programs is null ? [] : (Finding[])[Programs.Look(programs)],
            .. UnderlayDevice.Look(underlay),
            .. TunnelPorts.Look(),
        ];
}
