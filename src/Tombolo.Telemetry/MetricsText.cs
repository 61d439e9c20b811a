using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tombolo.Telemetry;

/// <summary>
/// Collects what a process measures by <see cref="Meter"/> and writes it as Prometheus reads it (text format 0.0.4). A
/// name's dots become underscores, its unit its suffix (<c>_seconds</c>, <c>_bytes</c>), and counters end in <c>_total</c>.
/// </summary>
public sealed class MetricsText : IDisposable
{
    // Seconds: from a map's update to a pod's whole set-up.
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock gate = new();
    private readonly MeterListener listener = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    private sealed class Family(string type, string help, bool observed)
    {
        public string Type { get; } = type;
        public string Help { get; } = help;
        public bool IsObserved { get; } = observed;
        public SortedDictionary<string, double> Values { get; } = new(StringComparer.Ordinal);
        public SortedDictionary<string, (long[] Counts, double Sum)> Histograms { get; } = new(StringComparer.Ordinal);
    }

    /// <param name="meters">Meters to collect from, by how their names begin.</param>
    public MetricsText(params string[] meters)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (Array.Exists(meters, start => instrument.Meter.Name.StartsWith(start, StringComparison.Ordinal)))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    /// <summary>All that is known now; observed instruments are asked.</summary>
    public string Write()
    {
        lock (gate)
        {
            foreach (var family in families.Values.Where(family => family.IsObserved))
            {
                family.Values.Clear();
            }
        }
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (gate)
        {
            foreach (var (name, family) in families)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"# HELP {name} {family.Help}\n# TYPE {name} {family.Type}\n"
                );
                foreach (var (tags, value) in family.Values)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{Braced(tags)} {value:R}\n");
                }
                foreach (var (tags, (counts, sum)) in family.Histograms)
                {
                    Write(text, name, tags, counts, sum);
                }
            }
        }
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private static void Write(StringBuilder text, string name, string tags, long[] counts, double sum)
    {
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            var comma = tags.Length > 0 ? "," : "";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{tags}{comma}le=\"{bound}\"}} {total}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braced(tags)} {sum:R}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{Braced(tags)} {total}\n");
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = TagsOf(tags);
        lock (gate)
        {
            var family = FamilyOf(instrument);
            if (family.Type == "histogram")
            {
                var (counts, sum) = family.Histograms.GetValueOrDefault(key, (new long[Bounds.Length + 1], 0));
                var bucket = Array.FindIndex(Bounds, bound => value <= bound);
                counts[bucket < 0 ? Bounds.Length : bucket]++;
                family.Histograms[key] = (counts, sum + value);
            }
            else if (family.IsObserved || instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal))
            {
                family.Values[key] = value;
            }
            else
            {
                family.Values[key] = family.Values.GetValueOrDefault(key) + value;
            }
        }
    }

    private Family FamilyOf(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var type =
            kind.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : kind.Contains("Gauge", StringComparison.Ordinal) || kind.Contains("UpDown", StringComparison.Ordinal)
                ? "gauge"
            : "counter";
        var name = NameOf(instrument, type);
        if (!families.TryGetValue(name, out var family))
        {
            var help = (instrument.Description ?? "").Replace("\\", "\\\\").Replace("\n", "\\n");
            families[name] = family = new Family(type, help, instrument.IsObservable);
        }
        return family;
    }

    private static string NameOf(Instrument instrument, string type)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        var name = Plain(instrument.Name);
        name += name.EndsWith(unit, StringComparison.Ordinal) ? "" : unit;
        return type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Plain(string name) => name.Replace('.', '_').Replace('-', '_');

    private static string Braced(string tags) => tags.Length == 0 ? "" : $"{{{tags}}}";

    private static string TagsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var escaped = Convert
                .ToString(value, CultureInfo.InvariantCulture)
                ?.Replace("\\", "\\\\")
                .Replace("\"", "\\\"")
                .Replace("\n", "\\n");
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? "," : "")}{Plain(name)}=\"{escaped}\"");
        }
        return text.ToString();
    }
}
