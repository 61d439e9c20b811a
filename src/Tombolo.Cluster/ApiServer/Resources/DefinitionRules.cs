namespace Tombolo.Cluster.ApiServer;

internal static class DefinitionRules
{
    public static readonly ResourceRules Rules = new() { Generation = true };
}
