using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tombolo.Agent.Interfaces;

/// <summary>The attachments of this node, by (container id, interface), each a file: a restart of the agent forgets none.</summary>
internal sealed partial class Attachments
{
    private readonly string directory;
    private readonly Dictionary<(string ContainerId, string Interface), Attachment> all = [];

    public Attachments(string state, ILogger log)
    {
        directory = System.IO.Path.Combine(state, "attachments");
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(directory, "*.json"))
        {
            try
            {
                var read = JsonSerializer.Deserialize(File.ReadAllText(file), AgentJson.Default.Attachment);
                if (read is not null)
                {
                    all[(read.ContainerId, read.Interface)] = read;
                }
            }
            catch (JsonException broken)
            {
                LogUnreadable(log, file, broken.Message);
            }
        }
    }

    public IReadOnlyCollection<Attachment> All => all.Values;

    public Attachment? Find(string containerId, string name) => all.GetValueOrDefault((containerId, name));

    public void Put(Attachment attachment)
    {
        all[(attachment.ContainerId, attachment.Interface)] = attachment;
        var file = FileOf(attachment);
        var draft = file + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(attachment, AgentJson.Default.Attachment));
        File.Move(draft, file, overwrite: true);
    }

    public void Remove(Attachment attachment)
    {
        all.Remove((attachment.ContainerId, attachment.Interface));
        File.Delete(FileOf(attachment));
    }

    // A container id is opaque and no file name.
    private string FileOf(Attachment attachment) =>
        System.IO.Path.Combine(
            directory,
            Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{attachment.ContainerId}/{attachment.Interface}"))
            )[..32] + ".json"
        );

    [LoggerMessage(LogLevel.Error, "attachment {File} cannot be read: {Why}")]
    private static partial void LogUnreadable(ILogger log, string file, string why);
}
