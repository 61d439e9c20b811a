using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Turns objects between the shape they are stored in and the shape a request asked for.</summary>
internal static class Shapes
{
    public static bool Differs(Resource resource, StoredObject stored) => stored.ApiVersion != resource.ApiVersion;

    /// <summary>In place of the argument.</summary>
    public static JsonObject ToStored(Resource resource, JsonObject item)
    {
        if (resource.View is { } view)
        {
            return view.ToStored(item);
        }
        item["apiVersion"] = resource.StorageApiVersion;
        return item;
    }

    public static JsonObject FromStored(Resource resource, StoredObject stored)
    {
        var item = stored.Copy();
        if (resource.View is { } view)
        {
            return view.FromStored(item);
        }
        item["apiVersion"] = resource.ApiVersion;
        return item;
    }

    public static byte[] Json(Resource resource, StoredObject stored) =>
        Differs(resource, stored) ? JsonText.Write(FromStored(resource, stored)) : stored.Json;
}
