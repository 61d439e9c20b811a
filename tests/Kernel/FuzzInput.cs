namespace Tombolo.Tests.Kernel;

/// <summary>What a program is run on. Its text is a line of <c>PacketCorpus.txt</c>.</summary>
/// <param name="Program"><c>from_pod</c>, <c>from_underlay</c>, <c>to_pod</c>.</param>
/// <param name="Device">Of <see cref="NodeA"/>: <c>red</c>, <c>redother</c>, <c>blue</c>, <c>underlay</c>.</param>
internal sealed record FuzzInput(string Program, string Device, uint GsoSize, uint Mark, byte[] Frame)
{
    public static IEnumerable<FuzzInput> Corpus =>
        File.ReadLines(Root.File("tests", "Kernel", "PacketCorpus.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(Parse);

    /// <summary>Every packet of the tables.</summary>
    public static IEnumerable<FuzzInput> Tables =>
        [
            .. FromPodTests.Rows.Select(row => new FuzzInput("from_pod", "red", row.Data.GsoSize, 0, row.Data.In)),
            .. FromUnderlayTests.Rows.Select(row => new FuzzInput("from_underlay", "underlay", 0, 0, row.Data.In)),
            new("to_pod", "red", 0, 0x746f6d62, FromPodTests.Rows.First().Data.In),
        ];

    public static FuzzInput Parse(string line)
    {
        var words = line.Split(' ');
        return new FuzzInput(
            words[0],
            words[1],
            uint.Parse(words[2]),
            uint.Parse(words[3]),
            Convert.FromHexString(words[4])
        );
    }

    public override string ToString() => $"{Program} {Device} {GsoSize} {Mark} {Convert.ToHexStringLower(Frame)}";
}
