using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>What programs are told before loading (<c>.rodata.config</c>); mirrors <c>struct tb_config</c>. 12 octets.</summary>
/// <param name="Tracing">1: nothing is counted or written; for <c>trace</c>.</param>
[Mirrors("tb_config")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Config(uint Layout, byte Tracing, byte Pad, MacOctets GatewayMac)
{
    /// <summary>The layout version that this build speaks: <c>TB_LAYOUT</c>.</summary>
    public const uint CurrentLayout = 1;
}
