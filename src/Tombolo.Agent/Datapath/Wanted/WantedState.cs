namespace Tombolo.Agent.Datapath;

/// <summary>All that a node's maps shall hold. Order means nothing; the last of two with one key counts.</summary>
public sealed record WantedState
{
    public static readonly WantedState Empty = new();

    public IReadOnlyCollection<WantedVrf> Vrfs { get; init; } = [];

    public IReadOnlyCollection<WantedInterface> Interfaces { get; init; } = [];

    public IReadOnlyCollection<WantedRoute> Routes { get; init; } = [];

    public IReadOnlyCollection<WantedTunnel> Tunnels { get; init; } = [];

    /// <summary>Labels besides those of interfaces, which follow from the interfaces.</summary>
    public IReadOnlyCollection<WantedLabel> Labels { get; init; } = [];
}
