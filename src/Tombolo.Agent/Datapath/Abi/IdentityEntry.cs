using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// Value of map <c>identities</c>: the 128-bit hash that an identity's number stands for; mirrors
/// <c>struct tb_identity</c>. 16 octets.
/// </summary>
[Mirrors("tb_identity")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IdentityEntry(AddressOctets Hash);
