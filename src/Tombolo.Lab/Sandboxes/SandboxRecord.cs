using System.Text.Json;
using Tombolo.Lab.Processes;

namespace Tombolo.Lab.Sandboxes;

/// <summary>What is kept of a sandbox, as <c>sandbox.json</c> in its directory, for whoever comes after its maker.</summary>
/// <param name="Netns">File of its network namespace.</param>
/// <param name="MountNamespace">Of its holder, as <c>mnt:[4026532281]</c>: finds processes while the holder lives.</param>
internal sealed record SandboxRecord(
    string PodNamespace,
    string PodName,
    string PodUid,
    string Netns,
    bool HostNetwork,
    int HolderPid,
    long HolderStartTime,
    string MountNamespace
)
{
    private const string File = "sandbox.json";

    public ProcessId Holder => new(HolderPid, HolderStartTime);

    /// <returns>Null if there is none, or a crash left half of one.</returns>
    public static SandboxRecord? Read(string directory)
    {
        try
        {
            var text = System.IO.File.ReadAllText(Path.Combine(directory, File));
            return JsonSerializer.Deserialize<SandboxRecord>(text, JsonSerializerOptions.Web);
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Write(string directory)
    {
        var next = Path.Combine(directory, File + ".new");
        System.IO.File.WriteAllText(next, JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        System.IO.File.Move(next, Path.Combine(directory, File), overwrite: true);
    }
}
