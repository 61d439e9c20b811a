using System.Xml.Linq;

namespace Tombolo.Tests.Architecture;

/// <summary>The house: which room sees which, and what each may not use. One table, as docs/development.md has it.</summary>
internal static class House
{
    /// <summary>Rooms and the rooms that they see.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Rooms = new Dictionary<string, string[]>
    {
        ["Values"] = [],
        ["Bgp"] = ["Values"],
        ["Api"] = ["Values"],
        ["Stream"] = [],
        ["Telemetry"] = [],
        ["Kube"] = ["Values"],
        ["Linux"] = ["Values"],
        ["Fabric"] = ["Values", "Api"],
        ["Controller"] = ["Values", "Api", "Kube", "Fabric"],
        ["RouteServer"] = ["Values", "Api", "Kube", "Fabric", "Bgp", "Stream"],
        ["Agent"] = ["Values", "Linux", "Stream", "Telemetry"],
        ["Cni"] = ["Values"],
        ["Tools"] = ["Values", "Api", "Kube", "Fabric", "Bgp"],
        ["Cluster"] = [],
        ["Lab"] = ["Values", "Cluster", "Linux"],
        ["Cli"] =
        [
            "Values",
            "Bgp",
            "Api",
            "Stream",
            "Kube",
            "Linux",
            "Fabric",
            "Controller",
            "RouteServer",
            "Tools",
            "Cluster",
            "Lab",
            "Telemetry",
        ],
    };

    /// <summary>Words that may not stand in a room's code, with the reason.</summary>
    public static readonly IReadOnlyList<(string[] Rooms, string Word, string Why)> Banned =
    [
        (["Fabric", "Api"], "k8s.Autorest", "the model does no I/O"),
        (["Fabric", "Api"], "new Kubernetes(", "the model does no I/O"),
        (["Fabric", "Api", "Bgp/Session", "Bgp/Rib", "Bgp/Wire"], "DateTime.UtcNow", "time is an input"),
        (["Fabric", "Api"], "TimeProvider", "time is an input"),
        (["Fabric", "Api"], "ILogger", "the model does not log"),
        (["Fabric", "Api"], "HttpClient", "the model does no I/O"),
        (["Fabric", "Api"], "System.IO", "the model does no I/O"),
        (["Fabric", "Api"], "System.Threading", "the model has no threads"),
        (
            [
                "Values",
                "Bgp",
                "Api",
                "Stream",
                "Kube",
                "Fabric",
                "Controller",
                "RouteServer",
                "Agent",
                "Tools",
                "Cluster",
            ],
            "Thread.Sleep",
            "wait on a condition"
        ),
        (
            [
                "Values",
                "Bgp/Wire",
                "Api",
                "Stream",
                "Kube",
                "Fabric",
                "Controller",
                "RouteServer",
                "Agent",
                "Cni",
                "Tools",
                "Cluster",
                "Lab",
                "Cli",
            ],
            "LibraryImport",
            "only Linux calls the kernel (and Bgp sets its socket options)"
        ),
        (
            [
                "Values",
                "Bgp",
                "Api",
                "Stream",
                "Kube",
                "Linux",
                "Fabric",
                "Controller",
                "RouteServer",
                "Agent",
                "Cni",
                "Tools",
                "Cluster/ApiServer",
                "Cluster/Controllers",
                "Cluster/Scheduler",
            ],
            "Process.Start",
            "only the lab and its kubelet start processes"
        ),
        (["Cluster"], "ombolo.dev", "the cluster knows nothing of Tombolo"),
    ];

    /// <summary>Project references of a project file, as room names.</summary>
    public static IEnumerable<string> References(XDocument project) =>
        project
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Select(name => name.Replace("Tombolo.", "", StringComparison.Ordinal));

    /// <summary>What a room's project breaks of the table.</summary>
    public static IReadOnlyList<string> Violations(string room, XDocument project)
    {
        if (!Rooms.TryGetValue(room, out var allowed))
        {
            return [$"{room} is no room of the house: add it to the table"];
        }
        return
        [
            .. References(project).Where(seen => !allowed.Contains(seen)).Select(seen => $"{room} must not see {seen}"),
        ];
    }

    /// <summary>What a room's source breaks of the bans.</summary>
    public static IReadOnlyList<string> Violations(string room, string file, string source) =>
        [
            .. Banned
                .Where(ban =>
                    ban.Rooms.Any(where =>
                        where == room || file.Contains($"Tombolo.{where}/", StringComparison.Ordinal)
                    )
                )
                .Where(ban => source.Contains(ban.Word, StringComparison.Ordinal))
                .Select(ban => $"{file}: '{ban.Word}': {ban.Why}"),
        ];
}
