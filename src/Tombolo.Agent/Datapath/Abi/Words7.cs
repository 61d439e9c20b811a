using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Seven words of room for settings to come, always zero.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Words7(uint A, uint B, uint C, uint D, uint E, uint F, uint G);
