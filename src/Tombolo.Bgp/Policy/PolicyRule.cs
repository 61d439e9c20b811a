namespace Tombolo.Bgp.Policy;

public sealed record PolicyRule(string Name, RouteMatch Match, RouteChange? Change, PolicyAction Action);
