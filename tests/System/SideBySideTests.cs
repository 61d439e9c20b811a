using System.Text.Json.Nodes;

namespace Tombolo.Tests.SystemTests;

/// <summary>Two labs on one machine, with the same addresses everywhere: neither sees the other, neither takes the other along.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class SideBySideTests : IDisposable
{
    private readonly LabUnderTest one = new("s");
    private readonly LabUnderTest other = new("s");

    [Fact]
    public async Task Two_labs_do_not_meet()
    {
        one.Up("--nodes", "2");
        other.Up("--nodes", "2");
        var before = Reached(one);
        Assert.NotEmpty(before);
        Assert.Equal(before, Reached(other));
        await ModelOfNodes.AssertHeldAsync(one);
        await ModelOfNodes.AssertHeldAsync(other);

        other.Tombolo(0, "lab", "down", "--name", other.Place.Name);
        Assert.Empty(other.Machine.Processes());
        Assert.Equal(before, Reached(one));
        await ModelOfNodes.AssertHeldAsync(one);
    }

    private static List<string> Reached(LabUnderTest lab) =>
        [
            .. JsonNode.Parse(lab.Tombolo(0, "lab", "reach", "-o", "json", "--name", lab.Place.Name))!["results"]!
                .AsArray()
                .Where(row => (bool)row!["reached"]!)
                .Select(row => $"{row!["from"]} {row["protocol"]} {row["answeredBy"]}")
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }
}
