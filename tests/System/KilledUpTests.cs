using System.Diagnostics;

namespace Tombolo.Tests.SystemTests;

/// <summary><c>lab up</c>, ended by <c>kill -9</c> wherever it is: <c>lab down</c> leaves the machine as it was all the same.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class KilledUpTests : IDisposable
{
    private readonly LabUnderTest lab = new("k");

    [Theory]
    [InlineData("nodes on the underlay")]
    [InlineData("API server ready")]
    [InlineData("kinds of Tombolo defined")]
    [InlineData("nodes ready")]
    [InlineData("example's pods run")]
    public async Task Down_leaves_the_machine_as_it_was(string until)
    {
        var before = Footprint.Now();
        await KillUpAsync(until);
        Assert.NotEqual(before, Footprint.Now());
        Assert.Contains("removed", lab.Tombolo(0, "lab", "down", "--name", lab.Place.Name));
        // The kernel frees programs and maps a moment after their last user.
        var after = before with
        {
            Maps = "?",
        };
        await Wait.UntilAsync(() => (after = Footprint.Now()).Maps == before.Maps, "the kernel has freed the maps");
        Assert.Equal(before, after);
        Assert.False(Directory.Exists(lab.Place.State));
    }

    [Fact]
    public async Task The_next_up_heals_what_was_killed()
    {
        await KillUpAsync("API server ready");
        lab.Up();
        await ModelOfNodes.AssertHeldAsync(lab);
    }

    private async Task KillUpAsync(string until)
    {
        var start = new ProcessStartInfo(lab.Place.Checkout.Tombolo, ["lab", "up", "--name", lab.Place.Name])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TOMBOLO_ROOT"] = Root.Path },
        };
        using var up = Process.Start(start)!; // a program by its path gives a process or throws
        var seen = new TaskCompletionSource();
        void Look(object _, DataReceivedEventArgs line)
        {
            if (line.Data?.Contains(until, StringComparison.Ordinal) == true)
            {
                seen.TrySetResult();
            }
        }
        up.OutputDataReceived += Look;
        up.ErrorDataReceived += Look;
        up.BeginOutputReadLine();
        up.BeginErrorReadLine();
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(LabUnderTest.Minutes), TestContext.Current.CancellationToken);
        Assert.Equal(0, Machine.RunWith([], "kill", "-9", $"{up.Id}").Code);
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => lab.Dispose();
}
