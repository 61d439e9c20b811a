using System.Net;
using System.Text;

namespace Tombolo.Telemetry;

/// <summary>Serves <c>GET /metrics</c> over HTTP: numbers only, no object's content.</summary>
public static class MetricsDoor
{
    /// <summary>Our own meters, the runtime's, and those of HTTP servers.</summary>
    private static readonly string[] Meters = ["Tombolo", "System.Runtime", "Microsoft.AspNetCore.Hosting"];

    /// <summary>Serves until cancelled. Without an address it does nothing; what is measured goes on without what measures.</summary>
    /// <param name="address"><c>address:port</c>; an unspecified address means all of the host's.</param>
    /// <param name="refused">Told if the address cannot be bound, with the reason.</param>
    /// <exception cref="FormatException">It is no such address.</exception>
    public static async Task RunAsync(string? address, Action<string> refused, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(address))
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return;
        }
        if (!IPEndPoint.TryParse(address, out var at) || at.Port == 0)
        {
            throw new FormatException($"--metrics: '{address}' is no address:port");
        }
        using var text = new MetricsText(Meters);
        using var listener = new HttpListener();
        var host = at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any) ? "+" : $"{at.Address}";
        listener.Prefixes.Add($"http://{(host.Contains(':') ? $"[{host}]" : host)}:{at.Port}/");
        try
        {
            listener.Start();
        }
        catch (HttpListenerException taken)
        {
            refused($"cannot listen at {address}: {taken.Message}");
            await Task.Delay(Timeout.Infinite, cancel);
        }
        await using var ends = cancel.Register(listener.Stop);
        while (!cancel.IsCancellationRequested)
        {
            HttpListenerContext asked;
            try
            {
                asked = await listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                cancel.ThrowIfCancellationRequested();
                continue; // one connection that broke
            }
            await AnswerAsync(asked, text, cancel);
        }
    }

    private static async Task AnswerAsync(HttpListenerContext asked, MetricsText text, CancellationToken cancel)
    {
        try
        {
            using var response = asked.Response;
            if (asked.Request.Url?.AbsolutePath != "/metrics")
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
                return;
            }
            response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text.Write()), cancel);
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException) { } // the asker went away
    }
}
