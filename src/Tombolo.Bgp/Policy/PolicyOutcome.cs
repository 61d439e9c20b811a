using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Policy;

/// <param name="Attributes">The route's attributes after the policy; null when it is rejected.</param>
/// <param name="Rule">The rule that decided; null for the policy's default.</param>
public readonly record struct PolicyOutcome(AttributeSet? Attributes, PolicyRule? Rule);
