namespace Tombolo.Linux;

/// <summary>
/// Links, addresses, routes and neighbours of one network namespace, by rtnetlink. Its socket stays in the namespace
/// where it was opened, whatever thread uses it.
/// </summary>
public sealed class Netlink : IDisposable
{
    private readonly NetlinkSocket socket;

    private Netlink(string? namespacePath)
    {
        socket = new NetlinkSocket(protocol: 0, namespacePath);
        Links = new Links(socket);
        Addresses = new Addresses(socket);
        Routes = new Routes(socket);
        Neighbours = new Neighbours(socket);
    }

    public Links Links { get; }

    public Addresses Addresses { get; }

    public Routes Routes { get; }

    public Neighbours Neighbours { get; }

    /// <summary>Opens the namespace behind a file (<see cref="Netns.Create"/>), or the caller's own.</summary>
    public static Netlink Open(string? namespacePath = null) => new(namespacePath);

    public void Dispose() => socket.Dispose();
}
