using System.Diagnostics;

namespace Tombolo.Tests.Cluster;

/// <summary>Waits for what must become true; the bound is a deadline, never a measurement.</summary>
internal static class Soon
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>The first thing found.</summary>
    public static async Task<T> FindAsync<T>(Func<Task<T?>> find, string what, double seconds = 60)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }

    public static Task BeAsync(Func<Task<bool>> holds, string what, double seconds = 60) =>
        FindAsync(async () => await holds() ? "" : null, what, seconds);

    public static Task BeAsync(Func<bool> holds, string what, double seconds = 60) =>
        BeAsync(() => Task.FromResult(holds()), what, seconds);
}
