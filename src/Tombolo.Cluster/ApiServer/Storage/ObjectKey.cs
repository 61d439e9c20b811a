namespace Tombolo.Cluster.ApiServer;

/// <summary>Names one object of a kind; namespace is empty for cluster-scoped kinds.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    /// <summary>By namespace, then name, both by octets: the order in which lists are given and continued.</summary>
    public int CompareTo(ObjectKey other)
    {
        var order = string.CompareOrdinal(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }
}
