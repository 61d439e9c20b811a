namespace Tombolo.Values;

/// <summary>
/// Why the datapath dropped a packet. Names and numbers are those of <c>bpf/abi/reasons.h</c>, where new ones are added at
/// the end; <c>docs/drops.md</c> explains each.
/// </summary>
public enum DropReason : ushort
{
    None = 0,
    Malformed = 1,
    NotIp = 2,
    Tagged = 3,
    SpoofedMac = 4,
    SpoofedAddress = 5,
    UnknownInterface = 6,
    NoRoute = 7,
    StaticDrop = 8,
    NoWayBack = 9,
    SystemReplyOnly = 10,
    NotUp = 11,
    TooBig = 12,
    TtlExpired = 13,
    FragmentWithoutFirst = 14,
    Multicast = 15,
    UnknownEndpoint = 16,
    UnknownLabel = 17,
    WrongPeerGroup = 18,
    StaleLabel = 19,
    SourceNotBehindEndpoint = 20,
    OverlayToOverlay = 21,
    NotMarked = 22,
    NoPolicyYet = 23,
    PolicyEgress = 24,
    PolicyIngress = 25,
    BaselineDeny = 26,
    NoServicePort = 27,
    NoBackend = 28,
    FlowRefusedSyn = 29,
    FlowUnknown = 30,
    SnatExhausted = 31,
    ClashExhausted = 32,
    MapFull = 33,
    EncapFailed = 34,
    Unsupported = 35,
    NoNeighbour = 36,
}
