namespace Tombolo.Cluster.ApiServer;

/// <summary>One field of a message.</summary>
/// <param name="Name">In JSON; <c>-</c>: its fields are the owner's.</param>
/// <param name="Type">A message's name, or a scalar: string, int, bool, double, bytes, time …</param>
/// <param name="KeepZero">A zero that is sent was meant.</param>
internal sealed record MessageField(string Name, string Type, bool List, bool Map, bool KeepZero)
{
    public bool Inline => Name == "-";

    /// <param name="type"><c>*</c> or <c>!</c> before it: zero is kept; <c>[]</c> a list, <c>map</c> a map of it.</param>
    public static MessageField Read(string name, string type)
    {
        var keep = type[0] is '*' or '!';
        type = type.TrimStart('*', '!');
        var list = type.StartsWith("[]", StringComparison.Ordinal);
        var map = !list && type.StartsWith("map", StringComparison.Ordinal);
        return new MessageField(
            name,
            type[
                (
                    list ? 2
                    : map ? 3
                    : 0
                )..
            ],
            list,
            map,
            keep
        );
    }
}
