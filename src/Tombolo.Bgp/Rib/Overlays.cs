using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>EVPN overlays in use, counted and numbered as attribute sets are, so that a path holds four octets.</summary>
internal sealed class Overlays
{
    private readonly Dictionary<EvpnOverlay, uint> numbers = [];
    private readonly List<(EvpnOverlay? Overlay, int Holders)> slots = [];
    private readonly Stack<uint> free = [];

    public EvpnOverlay this[uint number] =>
        slots[(int)number].Overlay ?? throw new InvalidOperationException($"overlay {number} is not in use");

    public uint Acquire(EvpnOverlay overlay)
    {
        if (!numbers.TryGetValue(overlay, out var number))
        {
            if (!free.TryPop(out number))
            {
                number = (uint)slots.Count;
                slots.Add(default);
            }
            numbers[overlay] = number;
        }
        slots[(int)number] = (overlay, slots[(int)number].Holders + 1);
        return number;
    }

    public void Retain(uint number) => slots[(int)number] = (this[number], slots[(int)number].Holders + 1);

    public void Release(uint number)
    {
        var (overlay, holders) = slots[(int)number];
        if (holders > 1)
        {
            slots[(int)number] = (overlay, holders - 1);
            return;
        }
        numbers.Remove(overlay!);
        slots[(int)number] = default;
        free.Push(number);
    }
}
