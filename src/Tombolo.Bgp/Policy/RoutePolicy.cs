using System.Collections.Immutable;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Policy;

/// <summary>A list of rules, tried in order; data, so that it can be shown, compared and explained.</summary>
public sealed record RoutePolicy(string Name, ImmutableArray<PolicyRule> Rules, PolicyAction Default)
{
    /// <summary>Accepts all, changes nothing.</summary>
    public static readonly RoutePolicy AcceptAll = new("accept-all", [], PolicyAction.Accept);

    public static readonly RoutePolicy RejectAll = new("reject-all", [], PolicyAction.Reject);

    public bool LooksAtPrefix { get; } = Rules.Any(rule => rule.Match.LooksAtPrefix);

    /// <summary>True if it accepts every route as it is, so that nobody needs to ask.</summary>
    public bool IsTrivial => Rules.IsEmpty && Default == PolicyAction.Accept;

    public PolicyOutcome Apply(AttributeSet set, Family family, Prefix? prefix, AttributeBuilder builder)
    {
        foreach (var rule in Rules)
        {
            if (!rule.Match.Matches(set, family, prefix))
            {
                continue;
            }
            if (rule.Change is { } change && rule.Action != PolicyAction.Reject)
            {
                builder.Start(set);
                change.Apply(builder);
                set = builder.Build();
            }
            if (rule.Action != PolicyAction.Next)
            {
                return new PolicyOutcome(rule.Action == PolicyAction.Accept ? set : null, rule);
            }
        }
        return new PolicyOutcome(Default == PolicyAction.Reject ? null : set, null);
    }
}
