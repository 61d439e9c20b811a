namespace Tombolo.Lab.Supervision;

/// <summary>What a lab runs, and where.</summary>
internal static class Roles
{
    private const string Api = $"{Underlay.ControlAddress}:6443";
    private const string RouteServer = $"{Underlay.ControlAddress}:7400";

    public static IReadOnlyList<Role> Of(LabPlace place, LabSpec spec, BoundSocket api, BoundSocket door)
    {
        var tombolo = place.Checkout.Tombolo;
        var inner = place.InnerKubeconfig;
        var roles = new List<Role>
        {
            new(
                "cluster",
                place.Control,
                [
                    .. Words(tombolo, "role", "cluster", "--data", place.ClusterData, "--listen", Api),
                    .. Words("--api-socket", $"{api.Descriptor}", "--server", $"https://127.0.0.1:{api.Port}"),
                    .. Words("--kubeconfig", place.Kubeconfig, "--inner-kubeconfig", inner),
                    .. Words(
                        "--kubelet-token-file",
                        place.KubeletToken,
                        "--metrics",
                        $"{Underlay.ControlAddress}:9413"
                    ),
                ],
                Sockets: [api]
            ),
        };
        roles.AddRange(spec.All.Select(node => Kubelet(place, node)));
        if (spec.Product)
        {
            roles.Add(
                new(
                    "controller",
                    place.Control,
                    [
                        .. Words(tombolo, "role", "controller", "--kubeconfig", inner),
                        .. Words("--metrics", $"{Underlay.ControlAddress}:9411"),
                    ],
                    inner
                )
            );
            roles.Add(
                new(
                    "routeserver",
                    place.Control,
                    [
                        .. Words(tombolo, "role", "routeserver", "--kubeconfig", inner, "--name", "rs-1"),
                        .. Words("--listen", RouteServer, "--door", $"https://127.0.0.1:{door.Port}"),
                        .. Words("--door-socket", $"{door.Descriptor}", "--metrics", $"{Underlay.ControlAddress}:9412"),
                    ],
                    inner,
                    [door]
                )
            );
            roles.AddRange(spec.All.Select(node => Agent(place, node)));
        }
        return roles;
    }

    private static Role Kubelet(LabPlace place, LabNode node) =>
        new(
            $"kubelet-{node.Number}",
            place.NodeNetns(node.Name),
            [
                .. Words(place.Checkout.Tombolo, "role", "kubelet", "--lab", place.Name, "--node", node.Name),
                .. Words("--address", node.Address),
                .. node.Zone is { } zone ? Words("--zone", zone) : [],
            ],
            place.InnerKubeconfig
        );

    private static Role Agent(LabPlace place, LabNode node) =>
        new(
            $"agent-{node.Number}",
            place.NodeNetns(node.Name),
            [
                .. Words(place.Checkout.Agent, "--node", node.Name, "--servers", RouteServer),
                .. Words("--underlay", Underlay.Device, "--pins", place.Pins(node.Name)),
                .. Words("--state", Path.Combine(place.NodeState(node.Name), "agent")),
                .. Words("--socket", place.AgentSocket(node.Name), "--object", place.Checkout.BpfObject),
                .. Words("--metrics", $"{node.Address}:9410"),
            ]
        );

    private static string[] Words(params string[] words) => words;
}
