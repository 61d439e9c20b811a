using System.Globalization;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Which field is which on the wire, per message; read once from <c>messages.txt</c>.</summary>
internal static class MessageTable
{
    private static readonly Lazy<Dictionary<string, Dictionary<int, MessageField>>> Messages = new(Read);

    /// <returns>Null: a message that is not known.</returns>
    public static IReadOnlyDictionary<int, MessageField>? Find(string message) =>
        Messages.Value.GetValueOrDefault(message);

    /// <summary><c>apps/v1</c>, <c>Deployment</c> → <c>apps.v1.Deployment</c>.</summary>
    public static string NameOf(string apiVersion, string kind)
    {
        if (kind == "DeleteOptions") // of no group of its own: sent under the group of what is deleted
        {
            return "meta.v1.DeleteOptions";
        }
        var slash = apiVersion.IndexOf('/');
        var (group, version) = slash < 0 ? ("core", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
        return $"{group.Split('.')[0]}.{version}.{kind}";
    }

    private static Dictionary<string, Dictionary<int, MessageField>> Read()
    {
        var type = typeof(MessageTable);
        using var stream =
            type.Assembly.GetManifestResourceStream("Protobuf.messages.txt")
            ?? throw new InvalidOperationException("messages.txt is not embedded");
        using var reader = new StreamReader(stream);
        var messages = new Dictionary<string, Dictionary<int, MessageField>>();
        Dictionary<int, MessageField> current = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                current[int.Parse(parts[0], CultureInfo.InvariantCulture)] = MessageField.Read(parts[1], parts[2]);
            }
            else if (!line.StartsWith('#'))
            {
                messages[line] = current = [];
            }
        }
        return messages;
    }
}
