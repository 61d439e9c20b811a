using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>Whether two pod templates are the same, and a short name for one.</summary>
internal static class PodTemplate
{
    public const string HashLabel = "pod-template-hash";
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789"; // no vowels: a name that says nothing

    /// <summary>Equal but for the label that the controller adds.</summary>
    public static bool AreSame(V1PodTemplateSpec one, V1PodTemplateSpec other) =>
        JsonNode.DeepEquals(Plain(one), Plain(other));

    /// <summary>FNV-1a of the template and of how many sets had its name before, as letters and digits.</summary>
    public static string Hash(V1PodTemplateSpec template, int collisions)
    {
        var hash = 2166136261u;
        foreach (
            var octet in Encoding.UTF8.GetBytes(
                $"{Plain(template)?.ToJsonString()}{(collisions > 0 ? collisions : "")}"
            )
        )
        {
            hash = unchecked((hash ^ octet) * 16777619u);
        }
        return string.Concat(hash.ToString().Select(digit => Alphabet[digit % Alphabet.Length]));
    }

    private static JsonNode? Plain(V1PodTemplateSpec template)
    {
        var plain = JsonNode.Parse(KubernetesJson.Serialize(template));
        if (plain?["metadata"] is JsonObject metadata)
        {
            (metadata["labels"] as JsonObject)?.Remove(HashLabel);
            metadata.Remove("creationTimestamp");
        }
        return plain;
    }
}
