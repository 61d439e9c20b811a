using System.Diagnostics;

namespace Tombolo.Tests.Interop;

/// <summary>Another BGP implementation in a namespace of its own.</summary>
internal abstract class ForeignSpeaker(Netns net, string name)
{
    protected Netns Net => net;

    protected string Name => name;

    protected string Namespace { get; private set; } = "";

    protected Session Session { get; private set; } = new();

    public Process? Process { get; protected set; }

    public static ForeignSpeaker Of(string kind, Netns net, string name = "them") =>
        kind switch
        {
            "bird" => Needs("/usr/sbin/bird", new BirdSpeaker(net, name)),
            "frr" => Needs("/usr/lib/frr/bgpd", new FrrSpeaker(net, name)),
            "gobgp" => Needs("/usr/bin/gobgpd", new GoBgpSpeaker(net, name)),
            "openbgpd" => Needs("/usr/sbin/bgpd", new OpenBgpdSpeaker(net, name)),
            _ => Needs("/usr/sbin/exabgp", new ExaBgpSpeaker(net, name)),
        };

    public async Task StartAsync(string namespaceName, Session session)
    {
        (Namespace, Session) = (namespaceName, session);
        await StartAsync(restarting: false);
    }

    public abstract Task StartAsync(bool restarting);

    /// <summary>True if their table has the route with all these words (communities as 65000:1, rt:65000:1 …).</summary>
    public abstract Task<bool> HasAsync(string family, string route, params string[] words);

    /// <summary>Their whole table of a family, as they print it.</summary>
    public abstract Task<string> TableAsync(string family);

    /// <summary>Asks us for our routes again.</summary>
    public virtual Task RefreshAsync() => throw new NotSupportedException(GetType().Name);

    public Task KillAsync() => Netns.KillAsync(Process!);

    protected Task<string> AskAsync(params string[] command) =>
        Netns.TryRunAsync(["ip", "netns", "exec", Namespace, .. command]);

    protected static bool All(string text, string[] words) =>
        Array.TrueForAll(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static ForeignSpeaker Needs(string path, ForeignSpeaker speaker)
    {
        Assert.SkipUnless(File.Exists(path), $"{path} is missing: scripts/install-interop");
        Assert.SkipUnless(Environment.UserName == "root", "needs root for network namespaces");
        return speaker;
    }
}
