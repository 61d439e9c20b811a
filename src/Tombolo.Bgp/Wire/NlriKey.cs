namespace Tombolo.Bgp.Wire;

/// <summary>
/// What makes two NLRI the same destination, as words that sort as the family's routes do; unused words are zero. Five
/// words hold the longest kind that is foreseen, EVPN MAC/IP (RD, tag, MAC, address).
/// </summary>
public readonly record struct NlriKey(ulong A, ulong B = 0, ulong C = 0, ulong D = 0, ulong E = 0)
    : IComparable<NlriKey>
{
    public const int Words = 5;

    public int CompareTo(NlriKey other) =>
        A != other.A ? A.CompareTo(other.A)
        : B != other.B ? B.CompareTo(other.B)
        : C != other.C ? C.CompareTo(other.C)
        : D != other.D ? D.CompareTo(other.D)
        : E.CompareTo(other.E);

    public static bool operator <(NlriKey left, NlriKey right) => left.CompareTo(right) < 0;

    public static bool operator >(NlriKey left, NlriKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(NlriKey left, NlriKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NlriKey left, NlriKey right) => left.CompareTo(right) >= 0;
}
