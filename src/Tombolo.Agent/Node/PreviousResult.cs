using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

/// <summary>Compares what ADD gave, as the runtime kept it, with what it would give now (CNI spec 1.1 §2, CHECK).</summary>
internal static class PreviousResult
{
    /// <summary>What differs, in words. What other plugins of the chain added is theirs.</summary>
    public static IEnumerable<string> Differences(CniRequest request, CniResult now)
    {
        var before = request.PrevResult;
        var interfaces = before?.Interfaces ?? [];
        foreach (var own in now.Interfaces ?? [])
        {
            var index = interfaces.ToList().FindIndex(one => one.Name == own.Name);
            if (index < 0)
            {
                yield return $"prevResult has no interface {own.Name}";
                continue;
            }
            if (!string.Equals(interfaces[index].Mac, own.Mac, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"prevResult gives {own.Name} the MAC {interfaces[index].Mac}, not {own.Mac}";
            }
            if (own.Sandbox is null)
            {
                continue;
            }
            var had = (before?.Ips ?? []).Where(one => one.Interface == index).Select(one => one.Address).ToHashSet();
            foreach (var address in (now.Ips ?? []).Select(one => one.Address).Where(address => !had.Contains(address)))
            {
                yield return $"prevResult does not give {own.Name} the address {address}";
            }
        }
    }
}
