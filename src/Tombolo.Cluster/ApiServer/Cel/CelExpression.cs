using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A parsed expression. Values are null, bool, long, double, string, JsonArray, JsonObject, or a list of these.</summary>
internal abstract record CelExpression
{
    /// <exception cref="CelException">The expression does not fit the value.</exception>
    public abstract object? Evaluate(CelScope scope);

    /// <summary>What it is made of.</summary>
    public virtual IEnumerable<CelExpression> Parts => [];

    public bool Uses(string variable) =>
        this is CelVariable { Name: var name } && name == variable || Parts.Any(part => part.Uses(variable));
}

internal sealed record CelLiteral(object? Value) : CelExpression
{
    public override object? Evaluate(CelScope scope) => Value;
}

internal sealed record CelVariable(string Name) : CelExpression
{
    public override object? Evaluate(CelScope scope) => scope.Find(Name);
}

internal sealed record CelList(IReadOnlyList<CelExpression> Items) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => Items;

    public override object? Evaluate(CelScope scope) => Items.Select(item => item.Evaluate(scope)).ToList();
}

internal sealed record CelSelect(CelExpression Target, string Field) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Target];

    public override object? Evaluate(CelScope scope) =>
        Target.Evaluate(scope) switch
        {
            JsonObject item when item.TryGetPropertyValue(Field, out var value) => CelValues.Of(value),
            JsonObject => throw new CelException($"no such key: {Field}"),
            _ => throw new CelException($"no such overload: select {Field}"),
        };
}

internal sealed record CelHas(CelSelect Select) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Select];

    public override object? Evaluate(CelScope scope) =>
        Select.Target.Evaluate(scope) is JsonObject item
            ? item.ContainsKey(Select.Field)
            : throw new CelException($"no such overload: has {Select.Field}");
}

internal sealed record CelIndex(CelExpression Target, CelExpression Index) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Target, Index];

    public override object? Evaluate(CelScope scope) =>
        (Target.Evaluate(scope), Index.Evaluate(scope)) switch
        {
            (JsonObject item, string key) when item.TryGetPropertyValue(key, out var value) => CelValues.Of(value),
            (JsonObject, string key) => throw new CelException($"no such key: {key}"),
            (JsonArray list, long at) when at >= 0 && at < list.Count => CelValues.Of(list[(int)at]),
            (JsonArray, long at) => throw new CelException($"index out of bounds: {at}"),
            _ => throw new CelException("no such overload: _[_]"),
        };
}

internal sealed record CelSize(CelExpression Target) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Target];

    public override object? Evaluate(CelScope scope) =>
        Target.Evaluate(scope) switch
        {
            string text => (long)text.EnumerateRunes().Count(),
            JsonArray list => (long)list.Count,
            JsonObject item => (long)item.Count,
            List<object?> list => (long)list.Count,
            _ => throw new CelException("no such overload: size"),
        };
}

internal sealed record CelNot(CelExpression Inner) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Inner];

    public override object? Evaluate(CelScope scope) => !CelValues.Truth(Inner.Evaluate(scope));
}

internal sealed record CelConditional(CelExpression If, CelExpression Then, CelExpression Else) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [If, Then, Else];

    public override object? Evaluate(CelScope scope) =>
        CelValues.Truth(If.Evaluate(scope)) ? Then.Evaluate(scope) : Else.Evaluate(scope);
}

/// <summary>startsWith, endsWith, contains, matches.</summary>
internal sealed record CelTextTest(string Name, CelExpression Target, CelExpression Argument) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Target, Argument];

    public override object? Evaluate(CelScope scope)
    {
        if (Target.Evaluate(scope) is not string text || Argument.Evaluate(scope) is not string given)
        {
            throw new CelException($"no such overload: {Name}");
        }
        return Name switch
        {
            "startsWith" => text.StartsWith(given, StringComparison.Ordinal),
            "endsWith" => text.EndsWith(given, StringComparison.Ordinal),
            "contains" => text.Contains(given, StringComparison.Ordinal),
            _ => Match(text, given),
        };
    }

    private static bool Match(string text, string pattern)
    {
        try
        {
            return Patterns.Read(pattern).IsMatch(text);
        }
        catch (FormatException error)
        {
            throw new CelException(error.Message);
        }
    }
}

/// <summary><c>list.all(x, …)</c> and <c>list.exists(x, …)</c>; of a map, over its keys.</summary>
internal sealed record CelEach(bool All, CelExpression Target, string Variable, CelExpression Body) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Target, Body];

    public override object? Evaluate(CelScope scope)
    {
        var items = Target.Evaluate(scope) switch
        {
            JsonArray list => list.Select(CelValues.Of),
            JsonObject item => item.Select(field => (object?)field.Key),
            List<object?> list => list,
            _ => throw new CelException("no such overload: comprehension"),
        };
        foreach (var item in items)
        {
            if (CelValues.Truth(Body.Evaluate(scope.With(Variable, item))) != All)
            {
                return !All;
            }
        }
        return All;
    }
}
