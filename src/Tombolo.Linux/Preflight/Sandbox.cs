namespace Tombolo.Linux.Preflight;

/// <summary>A thread in network and mount namespaces of its own, which end with it.</summary>
internal static class Sandbox
{
    private const int CloneNewMounts = 0x20000;

    /// <summary>Runs a body with an empty directory that nobody else sees.</summary>
    /// <exception cref="LinuxException">EPERM: not root.</exception>
    public static T Run<T>(Func<string, T> body) =>
        Netns.OnThread(() =>
        {
            LinuxException.Check(Libc.unshare(Libc.CloneNewNet | CloneNewMounts), "preflight: unshare", "");
            Mounts.MakePrivate("/");
            // Over a directory that every machine has; only this thread sees it.
            Mounts.Add("tmpfs", Path.GetTempPath());
            return body(Path.GetTempPath());
        });
}
