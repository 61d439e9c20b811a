using System.ComponentModel;

namespace Tombolo.Api.Kinds;

[Description("Names an object; without a namespace, in the namespace of the object that says it.")]
public sealed record Reference
{
    [Description("Name of the object.")]
    public required string Name { get; init; }

    [Description("Namespace of the object; by default that of the object that names it.")]
    public string? Namespace { get; init; }

    public ObjectName In(string home) => new(Namespace ?? home, Name);
}
