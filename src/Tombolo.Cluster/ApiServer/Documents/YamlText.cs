using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads one YAML document as JSON, scalars by YAML's core schema as Kubernetes reads them.</summary>
internal static class YamlText
{
    /// <exception cref="FormatException">No YAML, more than one document, or a key that is no scalar.</exception>
    public static JsonNode? Parse(byte[] utf8)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Encoding.UTF8.GetString(utf8)));
            return stream.Documents.Count switch
            {
                0 => null,
                1 => Convert(stream.Documents[0].RootNode, 0),
                var several => throw new FormatException($"{several} YAML documents, expected one"),
            };
        }
        catch (YamlException error)
        {
            throw new FormatException($"yaml: line {error.Start.Line}: {error.Message}", error);
        }
    }

    private static JsonNode? Convert(YamlNode node, int depth)
    {
        if (depth > 100) // aliases can nest without end
        {
            throw new FormatException("yaml: nested too deeply");
        }
        switch (node)
        {
            case YamlMappingNode mapping:
                var item = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    var name = key is YamlScalarNode { Value: { } text }
                        ? text
                        : throw new FormatException($"yaml: line {key.Start.Line}: a key that is no scalar");
                    item[name] = Convert(value, depth + 1);
                }
                return item;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Select(entry => Convert(entry, depth + 1))]);
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw new FormatException($"yaml: line {node.Start.Line}: an alias without its anchor");
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            return JsonValue.Create(text);
        }
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                JsonValue.Create(whole),
            _ when char.IsAsciiDigit(text[^1])
                    && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
