using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Where a chunked list goes on: after this object, at this revision. Opaque to clients.</summary>
internal sealed record ContinueToken(long Revision, ObjectKey After)
{
    /// <exception cref="ApiError">400: no such token.</exception>
    public static ContinueToken Read(string text)
    {
        try
        {
            var token = JsonText.Parse(Base64Url.DecodeFromChars(text));
            if (token.Whole("rv") is { } revision && token.Text("ns") is { } space && token.Text("name") is { } name)
            {
                return new ContinueToken(revision, new ObjectKey(space, name));
            }
        }
        catch (Exception error) when (error is FormatException or System.Text.Json.JsonException)
        {
            // Said below, as for a token that lacks a field.
        }
        throw ApiError.BadRequest("continue key is not valid");
    }

    public override string ToString()
    {
        var token = new JsonObject
        {
            ["rv"] = Revision,
            ["ns"] = After.Namespace,
            ["name"] = After.Name,
        };
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.ToJsonString()));
    }
}
