using Microsoft.Win32.SafeHandles;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>One end of a veth pair to be made.</summary>
/// <param name="Name">At most 15 octets.</param>
/// <param name="Mac">Null for a random one.</param>
/// <param name="Mtu">0 for the kernel's 1500.</param>
/// <param name="Namespace">Where the end goes; null for the socket's own namespace.</param>
public readonly record struct VethEnd(string Name, Mac? Mac = null, int Mtu = 0, SafeFileHandle? Namespace = null);
