using Tombolo.Values;
using Tombolo.Values.Drops;

namespace Tombolo.Tools.Drops;

/// <summary>Which drops a user wants to see.</summary>
/// <param name="Network">namespace/name; null: all.</param>
/// <param name="Reason">Null: all.</param>
public sealed record DropFilter(string? Network, string? Reason)
{
    /// <exception cref="ToolException">It names no network, or no reason that there is.</exception>
    public void Check()
    {
        if (
            Network is not null
            && (Network.Count(letter => letter == '/') != 1 || Network.StartsWith('/') || Network.EndsWith('/'))
        )
        {
            throw new ToolException($"--vrf '{Network}' names no network: write NAMESPACE/NAME, e.g. red/red");
        }
        if (Reason is not null && !DropReasons.TryParse(Reason, out _))
        {
            var known = Enum.GetValues<DropReason>().Where(one => one != DropReason.None).Select(one => one.Name());
            throw new ToolException(
                $"--reason '{Reason}' is no reason for a drop; there are: {string.Join(", ", known)}"
            );
        }
    }

    public NodeDrops Apply(NodeDrops said) =>
        said with
        {
            Counted = said.Counted is null ? null : [.. said.Counted.Where(one => Matches(one.Reason))],
            Sampled = said.Sampled is null ? null : [.. said.Sampled.Where(one => Matches(one.Reason))],
        };

    private bool Matches(string reason) => Reason is null || Reason == reason;
}
