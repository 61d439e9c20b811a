namespace Tombolo.Agent.Datapath;

/// <summary>Names the C type of <c>bpf/abi</c> that a type copies; a test compares the two through the object's BTF.</summary>
/// <param name="name">The struct's or enumeration's tag.</param>
/// <param name="prefix">What an enumeration's names begin with in C.</param>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class MirrorsAttribute(string name, string prefix = "") : Attribute
{
    public string Name { get; } = name;

    public string Prefix { get; } = prefix;
}
