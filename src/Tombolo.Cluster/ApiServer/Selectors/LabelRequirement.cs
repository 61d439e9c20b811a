namespace Tombolo.Cluster.ApiServer;

/// <summary>One condition on one label.</summary>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>An absent label fulfils NotIn and DoesNotExist, and nothing else.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(Key);
        return Operator switch
        {
            LabelOperator.In => value is not null && Values.Contains(value),
            LabelOperator.NotIn => value is null || !Values.Contains(value),
            LabelOperator.Exists => value is not null,
            LabelOperator.DoesNotExist => value is null,
            LabelOperator.GreaterThan => long.TryParse(value, out var whole) && whole > long.Parse(Values[0]),
            _ => long.TryParse(value, out var whole) && whole < long.Parse(Values[0]),
        };
    }
}

/// <summary>The operators of labels.</summary>
internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}
