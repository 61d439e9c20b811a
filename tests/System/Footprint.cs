namespace Tombolo.Tests.SystemTests;

/// <summary>What a lab could leave on a machine, told by the kernel: compared before and after.</summary>
internal sealed record Footprint(
    string Namespaces,
    string Links,
    string Mounts,
    string Processes,
    string Programs,
    string Maps,
    string Runs
)
{
    public static Footprint Now() =>
        new(
            // Files below /run name namespaces that no process is in.
            Lines("lsns", "-n", "-o", "NS,TYPE"),
            Lines("ip", "-o", "link"),
            Lines("cat", "/proc/self/mountinfo"),
            string.Join(
                '\n',
                Directory.GetDirectories("/proc").Select(Tombolos).Where(line => line.Length > 0).Order()
            ),
            Lines("bpftool", "prog", "show"),
            Lines("bpftool", "map", "show"),
            Directory.Exists("/run/tombolo")
                ? string.Join('\n', Directory.GetFileSystemEntries("/run/tombolo").Order())
                : ""
        );

    private static string Tombolos(string process)
    {
        try
        {
            var line = File.ReadAllText($"{process}/cmdline").Replace('\0', ' ');
            var ours = line.Contains("/.build/bin/", StringComparison.Ordinal) || line.Contains("/run/tombolo/");
            return ours ? $"{process} {line}" : "";
        }
        catch (IOException) // ended meanwhile
        {
            return "";
        }
    }

    private static string Lines(string program, params string[] arguments)
    {
        var (code, output) = Machine.RunWith([], program, arguments);
        Assert.True(code == 0, $"{program}: {output}");
        return output;
    }
}
