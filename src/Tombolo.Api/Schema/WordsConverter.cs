using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tombolo.Api.Schema;

/// <summary>Reads and writes an enum as <see cref="Words"/> has it. A word of a later version reads as the default, so that
/// an older program does not fall over an object; the API server has already refused what no version knows.</summary>
public sealed class WordsConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Members = Enum.GetValues<T>()
        .ToDictionary(member => Words.Of(member.ToString()), StringComparer.Ordinal);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Members.GetValueOrDefault(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Words.Of(value.ToString()));
    }
}
