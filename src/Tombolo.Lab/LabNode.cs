namespace Tombolo.Lab;

/// <summary>A node of a lab: a network namespace on the lab's router.</summary>
/// <param name="Number">From 1; third octet of its subnet.</param>
/// <param name="Zone">Value of <c>topology.kubernetes.io/zone</c>, or null.</param>
public readonly record struct LabNode(int Number, string? Zone)
{
    public string Name => $"node-{Number}";

    public string Address => $"172.30.{Number}.2";
}
