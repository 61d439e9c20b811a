namespace Tombolo.Cluster.ApiServer;

/// <summary>An object by kind and key, as work is queued.</summary>
internal readonly record struct ObjectName(string Kind, ObjectKey Key)
{
    public static ObjectName Of(StoredObject item) => new(item.Kind, item.Key);
}
