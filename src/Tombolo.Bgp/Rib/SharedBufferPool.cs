namespace Tombolo.Bgp.Rib;

/// <summary>Buffers at rest; keeps as many as 8 MiB and lets the rest go.</summary>
public sealed class SharedBufferPool
{
    private const int Kept = 128;
    private readonly Stack<SharedBuffer> idle = new();

    public SharedBuffer Rent() => idle.TryPop(out var buffer) ? buffer : new SharedBuffer(this);

    internal void Return(SharedBuffer buffer)
    {
        if (idle.Count < Kept)
        {
            idle.Push(buffer);
        }
    }
}
