namespace Tombolo.Bgp.Wire;

/// <summary>Facts of an attribute set that are asked for each route, found once when the set is made.</summary>
[Flags]
public enum AttributeMarks : byte
{
    None = 0,
    HasMed = 1,
    HasLocalPref = 2,
    NoExport = 4,
    NoAdvertise = 8,
    LlgrStale = 16,
    NoLlgr = 32,
}
