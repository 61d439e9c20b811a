using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Which part of a log is asked for (PodLogOptions).</summary>
internal sealed record LogQuery(
    bool Follow,
    bool Previous,
    bool Timestamps,
    long? TailLines,
    DateTime? Since,
    long? LimitBytes
)
{
    /// <exception cref="FormatException">A value is none; the message names it.</exception>
    public static LogQuery Parse(IQueryCollection query, DateTime now)
    {
        var seconds = Number(query, "sinceSeconds");
        DateTime? since = seconds is { } ago ? now.AddSeconds(-ago) : null;
        if (query["sinceTime"].ToString() is { Length: > 0 } text)
        {
            since = DateTime.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out var time
            )
                ? time
                : throw new FormatException($"sinceTime: '{text}' is no time");
        }
        return new LogQuery(
            Flag(query, "follow"),
            Flag(query, "previous"),
            Flag(query, "timestamps"),
            Number(query, "tailLines"),
            since,
            Number(query, "limitBytes")
        );
    }

    private static bool Flag(IQueryCollection query, string name) =>
        query[name].ToString() switch
        {
            "" or "0" or "false" => false,
            "1" or "true" => true,
            var other => throw new FormatException($"{name}: '{other}' is neither true nor false"),
        };

    private static long? Number(IQueryCollection query, string name) =>
        query[name].ToString() switch
        {
            "" => null,
            var text when long.TryParse(text, out var number) && number >= 0 => number,
            var other => throw new FormatException($"{name}: '{other}' is no number from 0 on"),
        };
}
