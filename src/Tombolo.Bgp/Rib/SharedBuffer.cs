using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>Encoded messages that several neighbours are sent; goes back to its pool when the last has taken them.</summary>
public sealed class SharedBuffer(SharedBufferPool pool)
{
    /// <summary>A buffer is closed for further messages from here on.</summary>
    public const int Full = 48 * 1024;

    private int holders;

    public OctetBuffer Octets { get; } = new(64 * 1024);

    public void Retain() => holders++;

    public void Release()
    {
        if (--holders == 0)
        {
            Octets.Clear();
            pool.Return(this);
        }
    }
}
