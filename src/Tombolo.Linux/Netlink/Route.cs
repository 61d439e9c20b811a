using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>A route of the kernel's table.</summary>
/// <param name="Link">Index of the outgoing link; 0 lets the kernel find it from the gateway.</param>
/// <param name="Gateway">Null: the destination is on the link.</param>
/// <param name="OnLink">The gateway is on the link though no address says so.</param>
/// <param name="Source">The preferred source address; null for the kernel's choice.</param>
/// <param name="Metric">0 for the family's default.</param>
/// <param name="Protocol">Who put it there: 4 static (our default), 2 the kernel, 3 boot.</param>
public readonly record struct Route(
    Prefix Prefix,
    int Link,
    Address? Gateway = null,
    bool OnLink = false,
    Address? Source = null,
    uint Metric = 0,
    byte Protocol = Route.Static,
    uint Table = Route.Main
)
{
    public const byte Static = 4;
    public const uint Main = 254;

    public override string ToString() =>
        $"{Prefix}{(Gateway is { } via ? $" via {via}" : "")}{(Link != 0 ? $" on link {Link}" : "")}"
        + (Table == Main ? "" : $" in table {Table}");
}
