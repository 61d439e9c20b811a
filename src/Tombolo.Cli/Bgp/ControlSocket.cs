using System.Net.Sockets;
using System.Text.Json;
using Tombolo.Bgp.Speaking;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Cli.Bgp;

/// <summary>
/// The speaker's door for operators: a Unix socket on which a line of JSON asks and one line answers,
/// <c>{"question":"routes","family":"ipv4-unicast"}</c> → <c>{"answer":…}</c> or <c>{"error":…}</c>.
/// </summary>
internal static class ControlSocket
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task ServeAsync(string path, Speaker speaker, CancellationToken cancel)
    {
        File.Delete(path);
        using var listener = new Socket(
            System.Net.Sockets.AddressFamily.Unix,
            SocketType.Stream,
            ProtocolType.Unspecified
        );
        listener.Bind(new UnixDomainSocketEndPoint(path));
        // Whoever may open the file may ask: root alone.
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the control socket needs Linux");
        }
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(16);
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptAsync(cancel);
                await ServeOneAsync(socket, speaker, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            File.Delete(path);
        }
    }

    public static async Task<JsonElement> AskAsync(string path, ControlQuestion question, CancellationToken cancel)
    {
        using var socket = new Socket(
            System.Net.Sockets.AddressFamily.Unix,
            SocketType.Stream,
            ProtocolType.Unspecified
        );
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
        await using var stream = new NetworkStream(socket);
        await JsonSerializer.SerializeAsync(stream, question, Json, cancel);
        socket.Shutdown(SocketShutdown.Send);
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(stream, Json, cancel);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException(error.GetString())
            : answer.GetProperty("answer");
    }

    private static async Task ServeOneAsync(Socket socket, Speaker speaker, CancellationToken cancel)
    {
        await using var stream = new NetworkStream(socket);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var question = await JsonSerializer.DeserializeAsync<ControlQuestion>(stream, Json, patience.Token);
            object reply;
            try
            {
                reply = new { answer = await AnswerAsync(speaker, question ?? new ControlQuestion("")) };
            }
            catch (Exception wrong) when (wrong is ArgumentException or FormatException)
            {
                reply = new { error = wrong.Message };
            }
            await JsonSerializer.SerializeAsync(stream, reply, Json, patience.Token);
        }
        catch (Exception gone)
            when (gone is IOException or JsonException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // The asker went away or made no sense; the next may.
        }
    }

    private static async Task<object> AnswerAsync(Speaker speaker, ControlQuestion question)
    {
        var limit = question.Limit ?? int.MaxValue;
        return question.Question switch
        {
            "peers" => await speaker.NeighborsAsync(),
            "tables" => await speaker.TablesAsync(),
            "routes" => await speaker.RoutesAsync(Family(question), Within(question), question.Best, limit),
            "received" => await speaker.ReceivedAsync(question.Neighbor ?? "", Family(question), limit),
            "advertised" => await speaker.AdvertisedAsync(question.Neighbor ?? "", Family(question), limit),
            "explain" => await speaker.ExplainAsync(question.Prefix ?? ""),
            "refresh" => await speaker.RefreshAsync(question.Neighbor ?? "", Family(question)),
            "reset" => await ResetAsync(speaker, question.Neighbor ?? ""),
            "announce" => await AnnounceAsync(speaker, question, withdraws: false),
            "withdraw" => await AnnounceAsync(speaker, question, withdraws: true),
            var other => throw new ArgumentException($"unknown question '{other}'"),
        };
    }

    private static async Task<bool> ResetAsync(Speaker speaker, string neighbor)
    {
        await speaker.ResetAsync(neighbor, NotificationMessage.AdministrativeReset);
        return true;
    }

    private static async Task<bool> AnnounceAsync(Speaker speaker, ControlQuestion question, bool withdraws)
    {
        var (family, nlri, attributes) = SpeakPlan.Route(
            question.Route ?? throw new ArgumentException("route is missing")
        );
        await (withdraws ? speaker.WithdrawAsync(family, nlri) : speaker.AnnounceAsync(family, nlri, attributes));
        return true;
    }

    private static Family Family(ControlQuestion question) =>
        Families.Find(question.Family ?? "ipv4-unicast")?.Family
        ?? throw new ArgumentException($"unknown family '{question.Family}'");

    private static Prefix? Within(ControlQuestion question) =>
        question.Prefix is null ? null : Prefix.Parse(question.Prefix);
}
