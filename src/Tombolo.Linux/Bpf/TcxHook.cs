namespace Tombolo.Linux.Bpf;

/// <summary>Where on a device a program hangs; the kernel's attach types.</summary>
public enum TcxHook : uint
{
    /// <summary>What the device receives.</summary>
    Ingress = 46,

    /// <summary>What is sent through the device.</summary>
    Egress = 47,
}
