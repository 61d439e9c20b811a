using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml;
using k8s.Models;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Descriptions of the built-in kinds' fields, from the documentation file beside the client package.</summary>
internal static partial class ModelDescriptions
{
    /// <summary>Fills in the schemas' descriptions; false if there is no such file, and explain shows names and types only.</summary>
    public static bool Load(IReadOnlyDictionary<Type, Schema> models)
    {
        var path = Path.Combine(AppContext.BaseDirectory, typeof(V1Pod).Assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
        {
            return false;
        }
        var places = Places(models);
        using var reader = XmlReader.Create(path, new XmlReaderSettings { IgnoreWhitespace = false });
        while (reader.ReadToFollowing("member"))
        {
            if (reader.GetAttribute("name") is { } name && places.TryGetValue(name, out var schema))
            {
                schema.Description = reader.ReadToDescendant("summary") ? Plain(reader.ReadInnerXml()) : null;
            }
        }
        return true;
    }

    private static Dictionary<string, Schema> Places(IReadOnlyDictionary<Type, Schema> models)
    {
        var places = new Dictionary<string, Schema>();
        foreach (var (type, schema) in models)
        {
            places[$"T:{type.FullName}"] = schema;
            foreach (var property in type.GetProperties())
            {
                if (
                    property.GetCustomAttribute<JsonPropertyNameAttribute>() is { } json
                    && schema.Properties.TryGetValue(json.Name, out var inner)
                )
                {
                    places[$"P:{type.FullName}.{property.Name}"] = inner;
                }
            }
        }
        return places;
    }

    private static string Plain(string xml) =>
        System.Net.WebUtility.HtmlDecode(Spaces().Replace(Tags().Replace(xml, ""), " ")).Trim();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
