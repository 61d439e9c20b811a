using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>A watch as a client reads it: one event a line.</summary>
internal sealed class WatchStream : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader lines;

    private WatchStream(HttpResponseMessage response, StreamReader lines) =>
        (this.response, this.lines) = (response, lines);

    public static async Task<WatchStream> OpenAsync(TestServer server, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }
        var cancel = TestContext.Current.CancellationToken;
        var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        Assert.Equal(200, (int)response.StatusCode);
        return new WatchStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(cancel)));
    }

    /// <summary>The next event; null at the stream's end.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        var line = await lines
            .ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20));
        return line is null ? null : JsonNode.Parse(line)!.AsObject();
    }

    /// <summary><c>TYPE name</c> of the next event.</summary>
    public async Task<string> NextNameAsync()
    {
        var next = await NextAsync();
        return next is null ? "end" : $"{next.Text("type")} {next.Text("object", "metadata", "name")}";
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
