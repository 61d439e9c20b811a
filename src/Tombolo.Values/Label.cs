namespace Tombolo.Values;

/// <summary>
/// A 20-bit label (RFC 3032); 0 to 15 are reserved. Between our own nodes the receiver assigns it and the same number is
/// the VXLAN's VNI (RFC 8365 §5.1.3).
/// </summary>
public readonly record struct Label(uint Value)
{
    public const uint First = 16;
    public const uint Last = (1u << 20) - 1;

    public bool IsUsable => Value is >= First and <= Last;

    public override string ToString() => Value.ToString();
}
