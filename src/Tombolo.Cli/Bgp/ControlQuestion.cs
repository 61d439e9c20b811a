namespace Tombolo.Cli.Bgp;

internal sealed record ControlQuestion(string Question)
{
    public string? Neighbor { get; init; }

    public string? Family { get; init; }

    public string? Prefix { get; init; }

    public bool Best { get; init; }

    public int? Limit { get; init; }

    public RouteConfig? Route { get; init; }
}
