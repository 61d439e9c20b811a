using System.Reflection;
using k8s.Models;

namespace Tombolo.Cluster.Client;

/// <summary>Where a kind lives in the API, from the <see cref="KubernetesEntityAttribute"/> on its type.</summary>
internal static class ResourcePath<T>
{
    private static readonly KubernetesEntityAttribute Entity =
        typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
        ?? throw new InvalidOperationException($"{typeof(T).Name} carries no [KubernetesEntity]");

    public static string Kind => Entity.Kind;

    /// <summary>The path of a collection, or of one object of it.</summary>
    public static string Of(string? inNamespace, string? name = null, string? subresource = null)
    {
        var root = string.IsNullOrEmpty(Entity.Group) ? "api" : $"apis/{Entity.Group}";
        var scope = string.IsNullOrEmpty(inNamespace) ? "" : $"namespaces/{inNamespace}/";
        var tail = name is null ? "" : "/" + Uri.EscapeDataString(name);
        var below = subresource is null ? "" : "/" + subresource;
        return $"{root}/{Entity.ApiVersion}/{scope}{Entity.PluralName}{tail}{below}";
    }
}
