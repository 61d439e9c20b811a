using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Fabric.Intent;

/// <summary>Isolated namespaces: each has two networks of its own, in which its pods and services live.</summary>
public static class Isolation
{
    /// <summary>
    /// By its label, or by FabricConfig's default, from which only the administrator's exceptions except: a tenant's label
    /// may isolate and not open. The product's own namespace never is isolated.
    /// </summary>
    public static bool IsIsolated(V1Namespace? space, FabricConfigSpec config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (space is null || space.Metadata.Name == Names.SystemNamespace)
        {
            return false;
        }
        var labels = space.Metadata.Labels ?? new Dictionary<string, string>();
        return (labels.TryGetValue(Names.Isolated, out var said) && said == "true")
            || (config.IsolateNamespaces is { Enabled: true } all && !Selector.Matches(all.Exceptions, labels));
    }

    public static ObjectName PodsOf(string space) => new(space, $"{space}-pods");

    public static ObjectName ServicesOf(string space) => new(space, $"{space}-services");
}
