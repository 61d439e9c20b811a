using System.Xml.Linq;

namespace Tombolo.Tests.Architecture;

public class HouseTests
{
    public static IEnumerable<TheoryDataRow<string>> Rooms() =>
        Directory
            .EnumerateFiles(Root.File("src"), "Tombolo.*.csproj", SearchOption.AllDirectories)
            .Select(file => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(file)));

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_sees_only_what_its_row_names(string project) =>
        Assert.Empty(House.Violations(RoomOf(project), XDocument.Load(Root.File("src", project, project + ".csproj"))));

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_does_only_what_it_may(string project)
    {
        var files = Directory
            .EnumerateFiles(Root.File("src", project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"));
        Assert.Empty(files.SelectMany(file => House.Violations(RoomOf(project), file, File.ReadAllText(file))));
    }

    [Fact]
    public void Every_room_of_the_table_is_there() =>
        Assert.All(House.Rooms.Keys, room => Assert.True(Directory.Exists(Root.File("src", $"Tombolo.{room}")), room));

    [Fact]
    public void A_planted_reference_is_found()
    {
        var project = XDocument.Parse(
            """<Project><ItemGroup><ProjectReference Include="../Tombolo.Kube/Tombolo.Kube.csproj" /></ItemGroup></Project>"""
        );
        Assert.Equal(["Fabric must not see Kube"], House.Violations("Fabric", project));
        Assert.NotEmpty(House.Violations("Attic", project));
    }

    [Fact]
    public void A_planted_word_is_found() =>
        Assert.Single(House.Violations("Fabric", "src/Tombolo.Fabric/Fabric.cs", "var now = DateTime.UtcNow;"));

    [Fact]
    public void Transitive_references_are_off_everywhere() =>
        Assert.Contains(
            "<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
            File.ReadAllText(Root.File("Directory.Build.props"))
        );

    private static string RoomOf(string project) => project.Replace("Tombolo.", "", StringComparison.Ordinal);
}
