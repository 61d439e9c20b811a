using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

internal sealed class OpenApi
{
    public static Task<bool> TryAnswerAsync(HttpContext context, string path) => Task.FromResult(false);
}
