using Tombolo.Agent.Streams;

namespace Tombolo.Agent.Node;

/// <summary>Who follows this node's drops: a question of a server, until the server says stop or its stream is lost.</summary>
internal sealed class Followers
{
    private readonly Dictionary<(ServerStream Stream, ulong Question), string> all = [];

    public bool Any => all.Count > 0;

    /// <summary>Each with the network that it wants, empty for all.</summary>
    public IEnumerable<(ServerStream Stream, ulong Question, string Network)> All =>
        all.Select(one => (one.Key.Stream, one.Key.Question, one.Value));

    public void Add(ServerStream stream, ulong question, string network) => all[(stream, question)] = network;

    public void Remove(ServerStream stream, ulong question) => all.Remove((stream, question));

    public void Remove(ServerStream stream)
    {
        foreach (var one in all.Keys.Where(one => one.Stream == stream).ToList())
        {
            all.Remove(one);
        }
    }
}
