using System.Diagnostics;

namespace Tombolo.Tests;

/// <summary>Waits for a condition; the bound is a deadline, never a measurement.</summary>
internal static class Wait
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<Task<bool>> holds, string what, double seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until nothing is wrong any more, and says what still is when the deadline comes.</summary>
    public static async Task UntilRightAsync(Func<Task<string?>> wrong, double seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (await wrong() is { } what)
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string what, double seconds = 30) =>
        UntilAsync(() => Task.FromResult(holds()), what, seconds);
}
