namespace Tombolo.Linux.Preflight;

/// <summary>How much a finding matters.</summary>
public enum Level
{
    Ok,

    /// <summary>Less of something, or slower; the node works.</summary>
    Warn,

    /// <summary>No pod can be served.</summary>
    Fail,
}

/// <summary>One thing that was looked at on a node.</summary>
/// <param name="What">Of what, e.g. <c>tcx</c>.</param>
/// <param name="Found">What is there, in words.</param>
/// <param name="WayOut">What to do; null where nothing needs doing.</param>
public sealed record Finding(string What, Level Level, string Found, string? WayOut = null)
{
    /// <summary>Tries something: it works, or the kernel says why not.</summary>
    internal static Finding Try(string what, Level otherwise, string wayOut, Func<string> probe)
    {
        try
        {
            return new Finding(what, Level.Ok, probe());
        }
        catch (Exception refused)
            when (refused is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new Finding(what, otherwise, refused.Message, wayOut);
        }
    }
}
