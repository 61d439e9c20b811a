using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Messages that JSON writes as one value: times, quantities, numbers-or-texts, embedded documents.</summary>
internal static class ProtobufScalars
{
    public static JsonNode? Read(string type, ReadOnlySpan<byte> octets)
    {
        var numbers = new Dictionary<int, ulong>();
        var texts = new List<(int Number, string Text)>();
        var reader = new WireReader(octets);
        while (reader.TryRead(out var number, out var scalar, out var value))
        {
            if (value.IsEmpty)
            {
                numbers[number] = scalar;
            }
            else if (type == "raw")
            {
                return Document(value);
            }
            else
            {
                texts.Add((number, WireReader.Text(value)));
            }
        }
        return type switch
        {
            "time" when numbers.Count > 0 => Time(
                (long)numbers.GetValueOrDefault(1),
                (long)numbers.GetValueOrDefault(2)
            ),
            "quantity" when texts.Count > 0 => texts[0].Text,
            "texts" => new JsonArray([.. texts.Select(text => (JsonNode)text.Text)]),
            // intstr: 1 type (0 a number, 1 a text), 2 the number, 3 the text.
            "intorstring" when numbers.GetValueOrDefault(1) == 1 => texts.FirstOrDefault(t => t.Number == 3).Text ?? "",
            "intorstring" => (long)numbers.GetValueOrDefault(2),
            "duration" => $"{(long)numbers.GetValueOrDefault(1)}ns",
            _ => null,
        };
    }

    private static JsonNode Time(long seconds, long nanoseconds)
    {
        if (seconds is < -62_135_596_800 or > 253_402_300_799) // years 1 to 9999
        {
            throw new FormatException("protobuf: a time outside the calendar");
        }
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return nanoseconds == 0
            ? time.Shown()
            : time.AddTicks(nanoseconds / 100).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
    }

    private static JsonNode? Document(ReadOnlySpan<byte> octets)
    {
        try
        {
            return JsonText.Parse(octets);
        }
        catch (JsonException error)
        {
            throw new FormatException($"protobuf: an embedded document that is no JSON: {error.Message}", error);
        }
    }
}
