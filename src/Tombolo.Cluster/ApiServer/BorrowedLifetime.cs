using Microsoft.Extensions.Hosting;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The process and its signals belong to whoever started the server, not to the web host.</summary>
internal sealed class BorrowedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
