using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Tells who sends a request: by client certificate of the cluster's CA (CN, O) or by bearer token.</summary>
internal sealed class Authentication(ClusterCa ca, string adminToken, TokenFile? tokens)
{
    private static readonly User Administrator = new("admin", "", [User.Masters, "system:authenticated"]);

    /// <returns>Null: nobody known.</returns>
    public async Task<User?> IdentifyAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } header)
        {
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                ? OfToken(header["Bearer ".Length..].Trim())
                : null;
        }
        if (await context.Connection.GetClientCertificateAsync() is { } certificate && ca.HasIssued(certificate))
        {
            return OfCertificate(certificate);
        }
        return OfToken(WebSocketToken(context));
    }

    public User? OfToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }
        var given = Encoding.UTF8.GetBytes(token);
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(adminToken))
            ? Administrator
            : tokens?.Find(given);
    }

    private static User OfCertificate(X509Certificate2 certificate)
    {
        var parts = certificate.SubjectName.EnumerateRelativeDistinguishedNames().ToList();
        var name = parts.FirstOrDefault(p => p.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue();
        var groups = parts
            .Where(p => p.GetSingleElementType().Value == "2.5.4.10")
            .Select(p => p.GetSingleElementValue() ?? "");
        return new User(name ?? "", "", [.. groups, "system:authenticated"]);
    }

    /// <summary>Browsers and WebSocket clients without headers offer the token as a subprotocol.</summary>
    private static string? WebSocketToken(HttpContext context)
    {
        const string Prefix = "base64url.bearer.authorization.k8s.io.";
        var offered = context
            .Request.Headers.SecWebSocketProtocol.SelectMany(value => (value ?? "").Split(','))
            .Select(protocol => protocol.Trim())
            .FirstOrDefault(protocol => protocol.StartsWith(Prefix, StringComparison.Ordinal));
        try
        {
            return offered is null
                ? null
                : Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(offered.AsSpan(Prefix.Length)));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
