using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tombolo.Lab;

/// <summary>What a lab consists of; kept in <c>lab.json</c> of its state.</summary>
/// <param name="Nodes">How many nodes, <c>node-1</c> …; their subnets are 172.30.N.0/24, hence at most 250.</param>
/// <param name="Zones">Given to the nodes in turn; empty for none.</param>
/// <param name="ApiPort">On 127.0.0.1, 0 until the supervisor bound one.</param>
/// <param name="DoorPort">Likewise, of the operators' door.</param>
/// <param name="Product">False: the cluster alone, whose nodes wait for somebody's CNI configuration.</param>
public sealed record LabSpec(
    int Nodes,
    IReadOnlyList<string> Zones,
    int ApiPort = 0,
    int DoorPort = 0,
    bool Product = true
)
{
    public const int MostNodes = 250;

    [JsonIgnore]
    public IEnumerable<LabNode> All =>
        Enumerable
            .Range(1, Nodes)
            .Select(number => new LabNode(number, Zones.Count > 0 ? Zones[(number - 1) % Zones.Count] : null));

    /// <returns>Null if there is none.</returns>
    public static LabSpec? Read(LabPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        try
        {
            return JsonSerializer.Deserialize<LabSpec>(File.ReadAllText(place.Spec), JsonSerializerOptions.Web);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException broken)
        {
            throw new LabException($"{place.Spec} is damaged: ./tombolo lab down --name {place.Name}", broken);
        }
    }

    public void Write(LabPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        Directory.CreateDirectory(place.State);
        var next = place.Spec + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        File.Move(next, place.Spec, overwrite: true);
    }
}
