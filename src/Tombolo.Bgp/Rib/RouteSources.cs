namespace Tombolo.Bgp.Rib;

/// <summary>The sources that routes name by index.</summary>
public sealed class RouteSources
{
    private readonly List<RouteSource> list = [new RouteSource(RouteSource.Local, "local")];

    public RouteSource this[ushort index] => list[index];

    public RouteSource Add(string name)
    {
        // An index is never used again: what was sent may name it long after. 65,535 serve for as many additions.
        var source = new RouteSource(checked((ushort)list.Count), name);
        list.Add(source);
        return source;
    }
}
