using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One committed change of one object, encoded at most once for all who watch it.</summary>
/// <param name="Object">The new version; of a deletion, the last content at the deletion's revision.</param>
/// <param name="Previous">The version before; null when created.</param>
internal sealed record ObjectChange(StoredObject Object, StoredObject? Previous, bool Deleted)
{
    private readonly byte[]?[] encoded = new byte[3][];

    public long Revision => Object.Revision;

    /// <summary>The line of a watch stream that says this change, as <paramref name="type"/> sees it.</summary>
    public byte[] Encode(ChangeType type) => encoded[(int)type] ??= Line(type, Seen(type).Json);

    /// <summary>Who loses sight of an object is given what it last saw of it, at the revision of the loss.</summary>
    public StoredObject Seen(ChangeType type)
    {
        if (type != ChangeType.Deleted || Deleted || Previous is not { } last)
        {
            return Object;
        }
        var item = last.Copy();
        item.Metadata()["resourceVersion"] = Revision.ToString();
        return new StoredObject(last.Kind, last.Key, Revision, JsonText.Write(item));
    }

    /// <summary><c>{"type":"ADDED","object":…}\n</c></summary>
    public static byte[] Line(ChangeType type, ReadOnlySpan<byte> json)
    {
        var head = Encoding.ASCII.GetBytes($"{{\"type\":\"{Name(type)}\",\"object\":");
        return [.. head, .. json, (byte)'}', (byte)'\n'];
    }

    public static string Name(ChangeType type) =>
        type switch
        {
            ChangeType.Added => "ADDED",
            ChangeType.Modified => "MODIFIED",
            _ => "DELETED",
        };
}

/// <summary>How a watcher sees a change: an object that newly matches its selector is added to it.</summary>
internal enum ChangeType
{
    Added,
    Modified,
    Deleted,
}
