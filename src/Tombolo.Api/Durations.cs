using System.Globalization;
using System.Text.RegularExpressions;

namespace Tombolo.Api;

/// <summary>Durations as Kubernetes' users write them: <c>5m</c>, <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>.</summary>
public static partial class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <returns>False for anything else, an empty text, a number without a unit, more than ten years.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        var match = Form().Match(text ?? "");
        if (!match.Success)
        {
            return false;
        }
        var seconds = 0.0;
        for (var i = 0; i < match.Groups["number"].Captures.Count; i++)
        {
            var number = double.Parse(match.Groups["number"].Captures[i].ValueSpan, CultureInfo.InvariantCulture);
            seconds += number * SecondsOf(match.Groups["unit"].Captures[i].Value);
        }
        if (seconds > Longest.TotalSeconds)
        {
            return false;
        }
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static double SecondsOf(string unit) =>
        unit switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            _ => 3600,
        };

    [GeneratedRegex(@"\A(?:(?<number>[0-9]+(?:\.[0-9]+)?)(?<unit>ms|s|m|h))+\z")]
    private static partial Regex Form();
}
