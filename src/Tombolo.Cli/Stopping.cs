namespace Tombolo.Cli;

/// <summary>Roles end with 0 when they are told to stop.</summary>
internal static class Stopping
{
    public static async Task<int> Quietly(Func<Task> role, CancellationToken cancel)
    {
        try
        {
            await role();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested) { }
        return 0;
    }
}
