using k8s;
using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Who controls an object, by its owner references.</summary>
internal static class Ownership
{
    public static V1OwnerReference? Controller(this IKubernetesObject<V1ObjectMeta> item) =>
        item.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);

    public static bool IsControlledBy(
        this IKubernetesObject<V1ObjectMeta> item,
        IKubernetesObject<V1ObjectMeta> owner
    ) => item.Controller()?.Uid == owner.Metadata.Uid;

    /// <summary>The owner of this kind that the mirror knows; null: another kind's, gone, or none.</summary>
    public static T? OwnerOf<T>(this Mirror<T> owners, IKubernetesObject<V1ObjectMeta> item)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        item.Controller() is { } reference
        && owners.Find(item.Metadata.NamespaceProperty, reference.Name) is { } owner
        && owner.Metadata.Uid == reference.Uid
            ? owner
            : null;

    public static V1OwnerReference Reference(IKubernetesObject<V1ObjectMeta> owner, string kind) =>
        new()
        {
            ApiVersion = "apps/v1",
            Kind = kind,
            Name = owner.Metadata.Name,
            Uid = owner.Metadata.Uid,
            Controller = true,
            BlockOwnerDeletion = true,
        };
}
