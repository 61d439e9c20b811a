using System.Text.RegularExpressions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Regular expressions of schemas, matched in linear time as Go's are: no input makes them slow.</summary>
internal static class Patterns
{
    /// <exception cref="FormatException">No expression, or one that needs backtracking.</exception>
    public static Regex Read(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"error parsing regexp: {error.Message}", error);
        }
    }
}
