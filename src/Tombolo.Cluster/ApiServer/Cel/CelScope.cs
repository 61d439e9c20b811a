namespace Tombolo.Cluster.ApiServer;

/// <summary>The variables that an expression sees.</summary>
internal sealed record CelScope(string Name, object? Value, CelScope? Outer)
{
    public static CelScope Of(object? self, object? oldSelf) =>
        new CelScope("self", self, null).With("oldSelf", oldSelf);

    public CelScope With(string name, object? value) => new(name, value, this);

    public object? Find(string name) =>
        Name == name ? Value : (Outer ?? throw new CelException($"no such attribute: {name}")).Find(name);
}
