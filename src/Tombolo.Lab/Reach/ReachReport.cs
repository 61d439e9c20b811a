using System.Text.Json;

namespace Tombolo.Lab.Reach;

/// <summary>Who reaches whom, measured.</summary>
public sealed record ReachReport(IReadOnlyList<ReachPod> Pods, IReadOnlyList<ReachResult> Results)
{
    /// <summary>
    /// The rows that are not as the networks want them: within a network an address is answered by its owner there, and what the
    /// asker's network does not hold is answered by nobody.
    /// </summary>
    public IReadOnlyList<ReachResult> Wrong()
    {
        var networks = Pods.ToDictionary(pod => pod.Id, pod => pod.Network);
        var owners = Pods.SelectMany(pod => pod.Addresses.Select(address => ((pod.Network, address), pod.Id)))
            .ToLookup(pair => pair.Item1, pair => pair.Id);
        return
        [
            .. Results.Where(row =>
            {
                var wanted = owners[(networks[row.From], row.Address)].FirstOrDefault();
                return row.Reached != wanted is not null || row.AnsweredBy != wanted;
            }),
        ];
    }

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
