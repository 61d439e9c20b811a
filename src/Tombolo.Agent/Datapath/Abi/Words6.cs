using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Six words of room for settings to come, always zero.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Words6(uint A, uint B, uint C, uint D, uint E, uint F);
