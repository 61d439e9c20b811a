using System.Net.Sockets;
using System.Text.Json;
using Tombolo.Values.Cni;

namespace Tombolo.Tests.CniPlugin;

/// <summary>An agent's socket in this process: keeps what it was asked and answers as told.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("tombolo-cni-").FullName;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource ends = new();
    private readonly Func<CniRequest, string> answer;
    private readonly Task serving;

    /// <param name="answer">Octets as they are, so that broken ones can be told too.</param>
    public FakeAgent(Func<CniRequest, string> answer)
    {
        this.answer = answer;
        Path = System.IO.Path.Combine(home, "agent.sock");
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        serving = ServeAsync();
    }

    public FakeAgent(CniAnswer answer)
        : this(_ => JsonSerializer.Serialize(answer, CniJson.Default.CniAnswer)) { }

    public string Path { get; }

    public List<CniRequest> Asked { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        ends.Dispose();
        Directory.Delete(home, recursive: true);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            await using var stream = new NetworkStream(await listener.AcceptAsync(ends.Token), ownsSocket: true);
            var request = await JsonSerializer.DeserializeAsync(stream, CniJson.Default.CniRequest, ends.Token);
            lock (Asked)
            {
                Asked.Add(request!); // a plugin that says null is a failed test
            }
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer(request!)), ends.Token);
        }
    }
}
