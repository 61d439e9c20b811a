using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Turns a built-in object from Kubernetes' protobuf into the JSON that Go would write for it. kubectl's typed clients
/// (create, auth can-i, drain) send nothing else.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int MostDepth = 64;

    /// <summary><c>k8s\0</c>, then runtime.Unknown: 1 typeMeta (1 apiVersion, 2 kind), 2 raw.</summary>
    /// <exception cref="FormatException">No such body, or a kind that has no protobuf here.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
        {
            throw new FormatException("protobuf: no k8s prefix");
        }
        var (apiVersion, kind) = ("", "");
        ReadOnlySpan<byte> raw = default;
        var reader = new WireReader(body[4..]);
        while (reader.TryRead(out var number, out _, out var octets))
        {
            if (number == 1)
            {
                (apiVersion, kind) = TypeMeta(octets);
            }
            else if (number == 2)
            {
                raw = octets;
            }
        }
        var item = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
        ReadInto(item, raw, MessageTable.NameOf(apiVersion, kind), 0);
        return item;
    }

    private static (string, string) TypeMeta(ReadOnlySpan<byte> octets)
    {
        var (apiVersion, kind) = ("", "");
        var reader = new WireReader(octets);
        while (reader.TryRead(out var number, out _, out var value))
        {
            (apiVersion, kind) = number == 1 ? (WireReader.Text(value), kind) : (apiVersion, WireReader.Text(value));
        }
        return (apiVersion, kind);
    }

    private static void ReadInto(JsonObject item, ReadOnlySpan<byte> octets, string message, int depth)
    {
        if (depth > MostDepth)
        {
            throw new FormatException("protobuf: nested too deeply");
        }
        var fields = MessageTable.Find(message) ?? throw new FormatException($"protobuf: {message} is not known here");
        var reader = new WireReader(octets);
        while (reader.TryRead(out var number, out var scalar, out var value))
        {
            if (!fields.TryGetValue(number, out var field))
            {
                continue; // newer than we are
            }
            if (field.Inline)
            {
                ReadInto(item, value, field.Type, depth + 1);
            }
            else if (field.Map)
            {
                ReadEntry(item.Ensure(field.Name), value, field, depth);
            }
            else if (field.List)
            {
                if (item[field.Name] is not JsonArray list)
                {
                    item[field.Name] = list = [];
                }
                list.Add(Value(field, scalar, value, depth));
            }
            else if (field.KeepZero || !IsZero(field, scalar, value))
            {
                item[field.Name] = Value(field, scalar, value, depth);
            }
        }
    }

    private static void ReadEntry(JsonObject map, ReadOnlySpan<byte> octets, MessageField field, int depth)
    {
        var key = "";
        JsonNode? content = null;
        var reader = new WireReader(octets);
        while (reader.TryRead(out var number, out var scalar, out var value))
        {
            if (number == 1)
            {
                key = WireReader.Text(value);
            }
            else if (number == 2)
            {
                content = Value(field, scalar, value, depth);
            }
        }
        map[key] = content ?? (field.Type == "string" ? "" : null);
    }

    /// <summary>Go sends fields that are no pointers even if empty; JSON leaves them out.</summary>
    private static bool IsZero(MessageField field, ulong scalar, ReadOnlySpan<byte> octets) =>
        field.Type is "int" or "bool" or "double" ? scalar == 0 : octets.IsEmpty;

    private static JsonNode? Value(MessageField field, ulong scalar, ReadOnlySpan<byte> octets, int depth)
    {
        switch (field.Type)
        {
            case "string":
                return WireReader.Text(octets);
            case "int":
                return (long)scalar;
            case "bool":
                return scalar != 0;
            case "double":
                return BitConverter.UInt64BitsToDouble(scalar);
            case "bytes":
                return Convert.ToBase64String(octets);
            case "time" or "duration" or "quantity" or "intorstring" or "raw" or "texts":
                return ProtobufScalars.Read(field.Type, octets);
            default:
                var inner = new JsonObject();
                ReadInto(inner, octets, field.Type, depth + 1);
                return inner;
        }
    }
}
