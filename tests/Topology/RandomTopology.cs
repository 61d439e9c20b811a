using CsCheck;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>Small worlds in which things meet: few labels, few prefixes, few names, so that they are often the same.</summary>
internal static partial class RandomTopology
{
    /// <summary>What is drawn at random: choices only, so that CsCheck finds small ones. <see cref="Build"/> makes objects
    /// of them, and numbers that point past the end of a list start again at its beginning.</summary>
    private sealed record Draw(
        SpaceDraw[] Spaces,
        NetworkDraw[] Networks,
        SharedDraw[] Shared,
        RouterDraw[] Routers,
        GrantDraw[] Grants,
        PodDraw[] Pods,
        int Isolation
    );

    private sealed record SpaceDraw(string? Team, string? Isolated, int Network);

    /// <param name="V4">A CIDR of its own, null: none.</param>
    /// <param name="V6">The same.</param>
    /// <param name="Shared">Which shared Subnet it draws from too; below 0: none.</param>
    /// <param name="Extra">Allowed prefixes, routes and route targets.</param>
    private sealed record NetworkDraw(
        int Space,
        string? Tier,
        string? V4,
        string? V6,
        int Shared,
        int Consumers,
        bool Deny,
        ExtraDraw Extra
    );

    private sealed record ExtraDraw(bool Allows, StaticRoute[] Routes, string[] Import, string[] Export, bool Vni);

    private sealed record SharedDraw(int Space, string Cidr, int Consumers);

    private sealed record RouterDraw(int Space, RouterType Type, string? Role, int Selector, ImportDraw[] Imports);

    private sealed record ImportDraw(int Kind, int Router);

    private sealed record GrantDraw(int Consumers, string Targets, string Vnis);

    private sealed record PodDraw(int Space, int Kind, int Network, string? Allowed, int Offset, int Node);

    /// <summary>A topology as the controller would have left it: numbers, addresses and joins decided.</summary>
    public static Gen<Topology> Any { get; } =
        from spaces in Gen.Frequency((3, Space.Array[2, 3]), (1, Space.Array[2, 5]))
        from networks in Gen.OneOf(ANetwork.Array[2, 4], ANetwork.Array[2, 8])
        from shared in Shared.Array[0, 3]
        from routers in Gen.OneOf(Router.Array[0, 6], Router.Array[2, 6])
        from grants in Gen.OneOf(Grant.Array[0, 2], Grant.Array[1, 2])
        from pods in Gen.OneOf(Pod.Array[2, 10], Pod.Array[6, 10])
        from isolation in Gen.Frequency((7, Gen.Const(0)), (3, Gen.Int[1, 3]))
        select Build(new(spaces, networks, shared, routers, grants, pods, isolation));

    private static Gen<string?> Maybe(int percent, params string[] values) =>
        Gen.Select(Chance(percent), Gen.OneOf(values), (some, value) => some ? value : null);

    private static Gen<int> MaybeInt(int percent, int last) =>
        Gen.Select(Chance(percent), Gen.Int[0, last], (some, value) => some ? value : -1);

    private static Gen<bool> Chance(int percent) => Gen.Int[1, 100].Select(drawn => drawn <= percent);

    private static Gen<SpaceDraw> Space =>
        Gen.Select(
            Maybe(70, "a", "b"),
            Maybe(35, "true", "true", "true", "false"),
            MaybeInt(15, 9),
            (team, isolated, network) => new SpaceDraw(team, isolated, network)
        );

    // 10.1.0.0 three times: as it is, within a wider one, and beside.
    private static Gen<NetworkDraw> ANetwork =>
        from space in Gen.OneOf(Gen.Int[0, 1], Gen.Int[0, 4])
        from tier in Maybe(70, "web", "db")
        from v4 in Maybe(
            85,
            "10.1.0.0/28",
            "10.1.0.0/24",
            "10.1.0.0/24",
            "10.1.0.16/28",
            "10.2.0.0/24",
            "10.244.0.0/24"
        )
        from v6 in Maybe(40, "fd01::/64", "fd01::/112", "fd02::/64")
        from shared in MaybeInt(15, 2)
        from consumers in Gen.Int[0, 4]
        from deny in Chance(15)
        from extra in Extra
        select new NetworkDraw(space, tier, v4, v6, shared, consumers, deny, extra);

    private static Gen<ExtraDraw> Extra =>
        from allows in Chance(60)
        from routes in Gen.Frequency((2, Gen.Const(Array.Empty<StaticRoute>())), (1, Route.Array[1, 3]))
        from targets in Targets
        from vni in Chance(6)
        select new ExtraDraw(allows, routes, targets.Import, targets.Export, vni);

    // Mostly none; else often the same both ways, as people write them who want to meet.
    private static Gen<(string[] Import, string[] Export)> Targets
    {
        get
        {
            var some = Gen.OneOf("64512:100", "64512:101", "192.0.2.1:7").Array[0, 2];
            return Gen.Frequency(
                (6, Gen.Const((Array.Empty<string>(), Array.Empty<string>()))),
                (4, Gen.OneOf("64512:100", "64512:100", "64512:101").Select(one => (new[] { one }, new[] { one }))),
                (1, Gen.Select(some, some, (import, export) => (import, export)))
            );
        }
    }

    private static Gen<StaticRoute> Route =>
        Gen.Select(
            Gen.OneOf(
                "0.0.0.0/0",
                "10.1.0.0/24",
                "10.1.0.0/29",
                "10.1.0.3/32",
                "10.2.0.0/24",
                "10.99.0.0/24",
                "::/0",
                "fd01::3/128",
                "fd02::/64"
            ),
            Gen.Int[0, 2],
            Gen.Int[2, 5],
            (prefix, kind, number) =>
                new StaticRoute
                {
                    Prefix = prefix,
                    Drop = kind == 0 ? true : null,
                    Via =
                        kind == 0 ? null
                        : kind == 1 ? new() { Pod = $"p{number}" }
                        : new() { Address = prefix.Contains(':') ? $"fd01::{number}" : $"10.1.0.{number}" },
                }
        );

    // The last is malformed: bits beyond its length.
    private static Gen<SharedDraw> Shared =>
        Gen.Select(
            Gen.Int[0, 4],
            Gen.OneOf("10.3.0.0/28", "10.3.0.0/24", "10.1.0.0/24", "fd03::/64", "10.3.0.7/24"),
            Gen.Int[0, 4],
            (space, cidr, consumers) => new SharedDraw(space, cidr, consumers)
        );

    private static Gen<RouterDraw> Router =>
        from space in Gen.OneOf(Gen.Int[0, 1], Gen.Int[0, 5])
        from type in Gen.OneOf(RouterType.Mesh, RouterType.Mesh, RouterType.Hub, RouterType.Spoke)
        from role in Maybe(70, "x", "y")
        from selector in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[0, 7]))
        from imports in Gen.OneOf(Import.Array[0, 3], Import.Array[1, 3])
        select new RouterDraw(space, type, role, selector, imports);

    private static Gen<ImportDraw> Import =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], (kind, router) => new ImportDraw(kind, router));

    private static Gen<GrantDraw> Grant =>
        Gen.Select(
            Gen.Frequency((4, Gen.Const(1)), (1, Gen.Int[0, 4])),
            Gen.OneOf("64512:100-101", "64512:100-199", "64512:100", "192.0.2.1:1-9"),
            Gen.OneOf("5000-5003", "5001"),
            (consumers, targets, vnis) => new GrantDraw(consumers, targets, vnis)
        );

    private static Gen<PodDraw> Pod =>
        from space in Gen.Int[0, 4]
        from kind in Gen.Frequency((3, Gen.Const(0)), (12, Gen.Const(1)), (2, Gen.Const(2)), (1, Gen.Int[3, 7]))
        from network in Gen.OneOf(Gen.Int[0, 2], Gen.Int[0, 9])
        from allowed in Maybe(
            15,
            "10.1.0.8/29",
            "10.1.0.3",
            "10.1.0.0/28",
            "fd01::8/125",
            "10.99.0.0/24",
            "10.99.0.0/16,10.1.0.4",
            "10.1.0.7/24"
        )
        from offset in Gen.Int[0, 3]
        from node in Gen.Int[0, 2]
        select new PodDraw(space, kind, network, allowed, offset, node);
}
