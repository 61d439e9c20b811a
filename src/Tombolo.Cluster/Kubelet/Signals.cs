namespace Tombolo.Cluster.Kubelet;

/// <summary>Numbers of signals (signal(7)).</summary>
public static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
}
