namespace Tombolo.Cluster.ApiServer;

/// <summary>Who asks.</summary>
internal sealed record User(string Name, string Uid, IReadOnlyList<string> Groups)
{
    public const string Masters = "system:masters";

    /// <summary>Administrators may do all. Roles and bindings are stored but not yet evaluated: others may do nothing.</summary>
    public bool MayDoAll => Groups.Contains(Masters);
}
