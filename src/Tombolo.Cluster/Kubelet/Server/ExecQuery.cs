using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What exec is asked for: the API server's names (stdin, stdout …) and the kubelet's (input, output …) both do.</summary>
internal sealed record ExecQuery(IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    public static ExecQuery Parse(IQueryCollection query)
    {
        var tty = Flag(query, "tty");
        return new ExecQuery(
            [.. query["command"].Select(word => word ?? "")],
            Flag(query, "stdin") || Flag(query, "input"),
            Flag(query, "stdout") || Flag(query, "output"),
            (Flag(query, "stderr") || Flag(query, "error")) && !tty, // a terminal has one output
            tty
        );
    }

    private static bool Flag(IQueryCollection query, string name) => query[name].ToString() is "1" or "true";
}
