using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Three octets of named padding, always zero: hash maps compare keys octet by octet.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Pad3(byte First, byte Second, byte Third);
