using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Tombolo.Tests.Fuzz;

/// <summary>Where instrumented code counts its edges, as AFL does: an octet for each pair of blocks in a row (some may
/// share one), and counts told apart by power of two.</summary>
internal sealed unsafe class CoverageMap : IDisposable
{
    private const int Size = 1 << 16;
    private readonly byte* counts = (byte*)NativeMemory.AllocZeroed(Size);

    public CoverageMap() => Trace.SharedMem = counts;

    /// <summary>The features of one run: the edge's place and the power of two of its count, in one number.</summary>
    public List<int> Features(Action run)
    {
        NativeMemory.Clear(counts, Size);
        Trace.PrevLocation = 0;
        run();
        var features = new List<int>();
        var words = new ReadOnlySpan<ulong>(counts, Size / 8);
        for (var word = 0; word < words.Length; word++)
        {
            for (var at = words[word] == 0 ? 8 : 0; at < 8; at++)
            {
                var count = counts[word * 8 + at];
                if (count != 0)
                {
                    features.Add(((word * 8 + at) << 3) | byte.Log2(count));
                }
            }
        }
        return features;
    }

    public void Dispose()
    {
        // What is instrumented may run on, so it must have a place to count at.
        Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Size);
        NativeMemory.Free(counts);
    }
}
