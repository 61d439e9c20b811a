namespace Tombolo.Bgp.Session;

public readonly record struct PeerOutput(Direction Direction, SessionOutput Output);
