using System.Globalization;

namespace Tombolo.Linux.Preflight;

/// <summary>Who else uses the UDP ports of our tunnels, in the calling thread's network namespace.</summary>
public static class TunnelPorts
{
    /// <summary>The device by which an agent holds VXLAN's port open, so that the kernel aggregates what arrives.</summary>
    public const string OwnDevice = "tombolo-vxlan";

    private static readonly (int Port, string Name, Level Taken)[] Ports =
    [
        (4789, "VXLAN", Level.Fail),
        (6635, "MPLS in UDP", Level.Warn),
    ];

    public static IReadOnlyList<Finding> Look()
    {
        var bound = (string[])["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"];
        var sockets = bound.Where(File.Exists).SelectMany(file => Read(File.ReadLines(file))).ToList();
        using var netlink = Netlink.Open();
        var tunnels = netlink.Links.List().Where(link => link.Kind is "vxlan" or "geneve").Select(link => link.Name);
        return
        [
            .. Ports.Select(port =>
                Of(port, [.. sockets.Where(one => one.Port == port.Port).Select(one => one.Inode)], [.. tunnels])
            ),
        ];
    }

    /// <summary>Ports and inodes of sockets as <c>/proc/net/udp</c> lists them.</summary>
    internal static IEnumerable<(int Port, ulong Inode)> Read(IEnumerable<string> lines)
    {
        foreach (var line in lines.Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                words.Length > 9
                && int.TryParse(
                    words[1].Split(':')[^1],
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture,
                    out var port
                )
                && ulong.TryParse(words[9], out var inode)
            )
            {
                yield return (port, inode);
            }
        }
    }

    private static Finding Of((int Port, string Name, Level Taken) port, List<ulong> inodes, List<string> tunnels)
    {
        var what = $"UDP {port.Port}";
        if (inodes.Count == 0)
        {
            return new Finding(what, Level.Ok, $"free, for {port.Name}");
        }
        if (port.Port == 4789 && tunnels is [OwnDevice] && inodes.All(inode => Holder(inode) is null))
        {
            return new Finding(what, Level.Ok, $"held open by the agent's own device {OwnDevice}");
        }
        // The kernel's own sockets have an inode or none, by version, and no process.
        var nobody =
            tunnels.Count > 0
                ? $"a tunnel of the kernel ({string.Join(", ", tunnels)})"
                : "the kernel, or a process that is not seen from here";
        var holders = inodes.Select(inode => Holder(inode) ?? nobody).Distinct().ToList();
        return new Finding(
            what,
            port.Taken,
            $"held by {string.Join(" and ", holders)}",
            $"{port.Name} to this node would be taken from it: remove it (another CNI's device?), or give it another port"
        );
    }

    // Only root sees everyone's; a process may end meanwhile.
    private static string? Holder(ulong inode)
    {
        var socket = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(IsProcess))
        {
            try
            {
                if (Directory.EnumerateFiles($"{process}/fd").Any(file => new FileInfo(file).LinkTarget == socket))
                {
                    return $"{File.ReadAllText($"{process}/comm").Trim()} (pid {Path.GetFileName(process)})";
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { }
        }
        return null;
    }

    private static bool IsProcess(string path) => int.TryParse(Path.GetFileName(path), out _);
}
