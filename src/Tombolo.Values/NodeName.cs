namespace Tombolo.Values;

/// <summary>A node of the system: cluster (1 to 64) and the node's name in it; as text <c>cluster/node</c>.</summary>
public readonly record struct NodeName(int Cluster, string Name) : IComparable<NodeName>
{
    public int CompareTo(NodeName other) =>
        Cluster != other.Cluster ? Cluster.CompareTo(other.Cluster) : string.CompareOrdinal(Name, other.Name);

    public static bool operator <(NodeName left, NodeName right) => left.CompareTo(right) < 0;

    public static bool operator >(NodeName left, NodeName right) => left.CompareTo(right) > 0;

    public static bool operator <=(NodeName left, NodeName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NodeName left, NodeName right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Cluster}/{Name}";
}
