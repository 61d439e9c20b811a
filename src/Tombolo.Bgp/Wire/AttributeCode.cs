namespace Tombolo.Bgp.Wire;

/// <summary>Path attribute codes that mean something here.</summary>
public enum AttributeCode : byte
{
    Origin = 1,
    AsPath = 2,
    NextHop = 3,
    Med = 4,
    LocalPref = 5,
    AtomicAggregate = 6,
    Aggregator = 7,
    Communities = 8,
    OriginatorId = 9,
    ClusterList = 10,
    MpReach = 14,
    MpUnreach = 15,
    ExtendedCommunities = 16,
    As4Path = 17,
    As4Aggregator = 18,
    PmsiTunnel = 22,
    TunnelEncapsulation = 23,
    IPv6ExtendedCommunities = 25,
    Aigp = 26,
    LargeCommunities = 32,
    OnlyToCustomer = 35,
    AttributeSet = 128,
}
