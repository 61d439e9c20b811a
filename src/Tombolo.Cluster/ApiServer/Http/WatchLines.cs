using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Encodes a watch's lines as its client asked for them. The plain form is shared between watches.</summary>
internal sealed class WatchLines(Resource resource, Representation form, string include, TimeProvider time)
{
    private bool columnsSent;

    public byte[] Added(StoredObject item) => ObjectChange.Line(ChangeType.Added, Encode(item));

    public byte[] Change(ChangeType type, ObjectChange change) =>
        form.Form == RepresentationForm.Plain && !Shapes.Differs(resource, change.Object)
            ? change.Encode(type)
            : ObjectChange.Line(type, Encode(change.Seen(type)));

    /// <param name="initialEnd">Marks that all that was there at the start has been sent.</param>
    public byte[] Bookmark(long revision, bool initialEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString() };
        if (initialEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }
        var item = new JsonObject
        {
            ["kind"] = resource.Kind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = metadata,
        };
        if (form.Form == RepresentationForm.Table)
        {
            item = Table.Of(resource, [], form, include, time.GetUtcNow(), revision.ToString(), columns: false);
        }
        else if (form.Form == RepresentationForm.Partial)
        {
            (item["kind"], item["apiVersion"]) = ("PartialObjectMetadata", form.ApiVersion);
        }
        return [.. "{\"type\":\"BOOKMARK\",\"object\":"u8, .. JsonText.Write(item), .. "}\n"u8];
    }

    /// <summary>The line that ends a watch whose revision is no longer held.</summary>
    public static byte[] Expired(string message) =>
        [.. "{\"type\":\"ERROR\",\"object\":"u8, .. JsonText.Write(ApiError.Expired(message).Status()), .. "}\n"u8];

    private byte[] Encode(StoredObject item)
    {
        if (form.Form == RepresentationForm.Partial)
        {
            return JsonText.Write(PartialObject.Of(item, form));
        }
        if (form.Form == RepresentationForm.Plain)
        {
            return Shapes.Json(resource, item);
        }
        var table = Table.Of(resource, [item], form, include, time.GetUtcNow(), $"{item.Revision}", !columnsSent);
        columnsSent = true;
        return JsonText.Write(table);
    }
}
