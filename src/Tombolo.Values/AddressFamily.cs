namespace Tombolo.Values;

/// <summary>An address family; the numbers are IANA's AFIs and those of the maps' keys (<c>bpf/abi</c>).</summary>
public enum AddressFamily : byte
{
    None = 0,
    IPv4 = 1,
    IPv6 = 2,
}
