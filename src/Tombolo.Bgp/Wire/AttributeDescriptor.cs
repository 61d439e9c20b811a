namespace Tombolo.Bgp.Wire;

/// <summary>True if the value is well formed; may say that it is to be judged for this session only.</summary>
public delegate bool AttributeCheck(ReadOnlySpan<byte> value, in SessionTraits session);

public delegate string AttributeFormat(ReadOnlySpan<byte> value);

/// <summary>All that the library knows of an attribute: a row of <see cref="AttributeTable"/>.</summary>
/// <param name="Flags">Optional and Transitive as they must be.</param>
/// <param name="OnError">RFC 7606 §7's class for a malformed value.</param>
/// <param name="InternalOnly">Discarded when it comes from an external peer (RFC 7606 §7.5, 7.9, 7.10).</param>
public sealed record AttributeDescriptor(
    AttributeCode Code,
    string Name,
    AttributeFlags Flags,
    UpdateAction OnError,
    AttributeCheck Check,
    AttributeFormat Format,
    bool InternalOnly = false
);
