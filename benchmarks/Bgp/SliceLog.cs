using System.Text.Json;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Every slice in a file of its own run, a line each, written as it is made: what an interrupted run had
/// measured stays, and anybody can compute the figures again.</summary>
internal sealed class SliceLog : IDisposable
{
    private readonly StreamWriter file;

    public SliceLog()
    {
        Directory.CreateDirectory(".bench");
        Path = $".bench/bgp-{DateTime.UtcNow:yyyyMMddTHHmmss}-slices.jsonl";
        file = new StreamWriter(Path) { AutoFlush = true };
        Write(Machine.Here());
    }

    public string Path { get; }

    /// <param name="failure">Why there is no slice; empty where there is one.</param>
    public void Add(Load load, int round, string kind, Slice? slice, string failure) =>
        Write(
            new
            {
                load.Neighbors,
                load.Routes,
                Round = round,
                Kind = kind,
                Slice = slice,
                Failure = failure,
            }
        );

    public void Dispose() => file.Dispose();

    private void Write<T>(T line) => file.WriteLine(JsonSerializer.Serialize(line, Row.Json));
}
