using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads and writes JSON documents as trees of plain nodes.</summary>
internal static class JsonText
{
    // kube-apiserver and its clients go no deeper; a stack never overflows on hostile input.
    private const int MaxDepth = 128;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 2 * MaxDepth,
        SkipValidation = true,
    };

    /// <summary>Reads a document; of a key given twice the last counts, as in Go.</summary>
    /// <param name="duplicates">Collects the paths of such keys, for strict readers.</param>
    /// <exception cref="JsonException">No JSON, or nested too deeply.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, List<string>? duplicates = null)
    {
        var reader = new Utf8JsonReader(utf8, Reading);
        if (!reader.Read())
        {
            throw new JsonException("unexpected end of JSON input");
        }
        var node = ReadValue(ref reader, "", duplicates);
        return reader.Read() ? throw new JsonException("invalid data after top-level value") : node;
    }

    public static JsonObject ParseStored(ReadOnlySpan<byte> utf8) => (JsonObject)Parse(utf8)!; // stored by us: an object

    public static byte[] Write(JsonNode? node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            if (node is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                node.WriteTo(writer);
            }
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, string path, List<string>? duplicates)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, path, duplicates);
            case JsonTokenType.StartArray:
                var array = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Add(ReadValue(ref reader, $"{path}[{array.Count}]", duplicates));
                }
                return array;
            case JsonTokenType.String:
                return JsonValue.Create(Text(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : Number(ref reader);
            case JsonTokenType.True or JsonTokenType.False:
                return JsonValue.Create(reader.GetBoolean());
            default:
                return null;
        }
    }

    private static JsonObject ReadObject(ref Utf8JsonReader reader, string path, List<string>? duplicates)
    {
        var found = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Text(ref reader);
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            if (duplicates is not null && found.ContainsKey(name))
            {
                duplicates.Add(inner);
            }
            reader.Read();
            found[name] = ReadValue(ref reader, inner, duplicates);
        }
        return found;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException error) // half a surrogate pair: no text
        {
            throw new JsonException("invalid string", error);
        }
    }

    private static JsonValue Number(ref Utf8JsonReader reader)
    {
        var number = reader.GetDouble();
        if (!double.IsFinite(number))
        {
            throw new JsonException("number out of range");
        }
        // 1.0 is the integer 1 to Go's decoder of an int field, and is stored so.
        return number == Math.Floor(number) && Math.Abs(number) < 1L << 53
            ? JsonValue.Create((long)number)
            : JsonValue.Create(number);
    }
}
