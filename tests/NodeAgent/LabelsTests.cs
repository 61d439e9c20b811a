using Tombolo.Agent.Interfaces;
using Tombolo.Values;

namespace Tombolo.Tests.NodeAgent;

public sealed class LabelsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tombolo-labels-").FullName;

    [Fact]
    public void A_label_given_back_comes_round_again_last()
    {
        var labels = new Labels(folder);
        var first = labels.Take();
        labels.Release(first);
        Assert.NotEqual(first, labels.Take());
    }

    [Fact]
    public void A_restart_gives_no_label_that_was_given_before()
    {
        var labels = new Labels(folder);
        var given = Enumerable.Range(0, 200).Select(_ => labels.Take()).ToHashSet();
        var again = new Labels(folder);
        Assert.DoesNotContain(again.Take(), given);
    }

    [Fact]
    public void After_the_last_comes_the_first_that_is_free()
    {
        File.WriteAllText(Path.Combine(folder, "labels"), Label.Last.ToString());
        var labels = new Labels(folder);
        labels.Reserve(new Label(Label.First));
        Assert.Equal(Label.Last, labels.Take().Value);
        Assert.Equal(Label.First + 1, labels.Take().Value);
    }

    [Fact]
    public void Nonsense_on_disk_begins_anew()
    {
        File.WriteAllText(Path.Combine(folder, "labels"), "seventeen");
        Assert.Equal(Label.First, new Labels(folder).Take().Value);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
