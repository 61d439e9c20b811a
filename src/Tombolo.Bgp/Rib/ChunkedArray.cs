using System.Runtime.CompilerServices;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// An array that grows without ever copying: chunks of about 128 KiB, which live on the large object heap and are never
/// moved. New elements are zero.
/// </summary>
internal sealed class ChunkedArray<T>
    where T : struct
{
    private static readonly int Shift = ShiftFor(Unsafe.SizeOf<T>());
    private static readonly int Mask = (1 << Shift) - 1;
    private T[][] chunks = [];
    private int chunkCount;

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref chunks[index >> Shift][index & Mask];
    }

    public long Octets => (long)chunkCount * (Mask + 1) * Unsafe.SizeOf<T>();

    /// <summary>Makes indices below <paramref name="count"/> usable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reserve(int count)
    {
        if (count > chunkCount << Shift)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        while (count > chunkCount << Shift)
        {
            if (chunkCount == chunks.Length)
            {
                Array.Resize(ref chunks, Math.Max(4, chunks.Length * 2));
            }
            chunks[chunkCount++] = new T[Mask + 1];
        }
    }

    private static int ShiftFor(int size)
    {
        var shift = 8;
        while ((size << shift) < 96 * 1024)
        {
            shift++;
        }
        return shift;
    }
}
