namespace Tombolo.Values.Cni;

/// <summary>The result of ADD (CNI spec 1.1 §5, success). One that was read may lack lists.</summary>
public sealed record CniResult(
    string CniVersion,
    IReadOnlyList<CniInterface>? Interfaces,
    IReadOnlyList<CniAddress>? Ips,
    IReadOnlyList<CniRoute>? Routes,
    CniDns? Dns
);

/// <param name="Sandbox">Path of the namespace; null on the host's side.</param>
/// <param name="Mtu">Since 1.1.0; null is not written.</param>
public sealed record CniInterface(string Name, string? Mac, string? Sandbox, int? Mtu);

/// <param name="Address">With prefix length.</param>
/// <param name="Interface">Index into the result's interfaces.</param>
/// <param name="Version">Before 1.0.0 alone: "4" or "6".</param>
public sealed record CniAddress(string Address, string? Gateway, int? Interface, string? Version = null);

public sealed record CniRoute(string Dst, string? Gw);

public sealed record CniDns(IReadOnlyList<string>? Nameservers = null);
