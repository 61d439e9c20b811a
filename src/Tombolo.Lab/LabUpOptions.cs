namespace Tombolo.Lab;

/// <summary>What <c>lab up</c> was asked for.</summary>
/// <param name="Nodes">Null: as many as the lab has, or 3.</param>
/// <param name="Zones">Null: as the lab has them, or none.</param>
/// <param name="Empty">Without the example.</param>
/// <param name="Product">False: the cluster alone, without controller, route server and agents.</param>
public sealed record LabUpOptions(int? Nodes, IReadOnlyList<string>? Zones, bool Empty, bool Product = true);
