using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>A label that stands for something else than an interface: a VRF, return to sender, the host.</summary>
public sealed record WantedLabel(LabelSpace Space, uint Value, LabelKind Kind, ushort Vrf = 0);
