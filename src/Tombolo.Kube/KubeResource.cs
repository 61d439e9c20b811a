using System.Reflection;
using k8s.Models;

namespace Tombolo.Kube;

/// <summary>Where a kind lives in the API, from the <see cref="KubernetesEntityAttribute"/> on its type.</summary>
internal static class KubeResource<T>
{
    private static readonly KubernetesEntityAttribute Entity =
        typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
        ?? throw new InvalidOperationException($"{typeof(T).Name} carries no [KubernetesEntity]");

    public static string Kind => Entity.Kind;

    public static string ApiVersion =>
        string.IsNullOrEmpty(Entity.Group) ? Entity.ApiVersion : $"{Entity.Group}/{Entity.ApiVersion}";

    /// <summary>The path of a collection, or of one object of it.</summary>
    public static string Path(string? inNamespace, string? name = null, string? subresource = null)
    {
        var root = string.IsNullOrEmpty(Entity.Group) ? "api/" : "apis/";
        var scope = string.IsNullOrEmpty(inNamespace) ? "" : $"namespaces/{inNamespace}/";
        var tail = name is null ? "" : "/" + Uri.EscapeDataString(name);
        return $"{root}{ApiVersion}/{scope}{Entity.PluralName}{tail}{(subresource is null ? "" : "/" + subresource)}";
    }
}
