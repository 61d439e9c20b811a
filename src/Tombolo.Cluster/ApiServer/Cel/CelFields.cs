namespace Tombolo.Cluster.ApiServer;

/// <summary>Looks up the fields that a rule selects in the schema it stands in: a misspelt one is found before it counts.</summary>
internal static class CelFields
{
    /// <exception cref="CelException">A field that the schema does not have.</exception>
    public static void Check(CelExpression expression, Schema self)
    {
        Of(expression, self);
        foreach (var part in expression.Parts)
        {
            Check(part, self);
        }
    }

    /// <summary>The schema of what an expression gives; null if that is not known.</summary>
    private static Schema? Of(CelExpression expression, Schema self)
    {
        switch (expression)
        {
            case CelVariable { Name: "self" or "oldSelf" }:
                return self;
            case CelIndex index:
                return Of(index.Target, self) is { } list ? list.Items ?? list.Values : null;
            case CelSelect select when Of(select.Target, self) is { Type: "object" } target:
                var found = target.Properties.GetValueOrDefault(select.Field) ?? target.Values;
                // A root's metadata is known by name only when the rule is read.
                var known =
                    found is not null || target.PreserveUnknown || select.Field is "metadata" or "apiVersion" or "kind";
                return known ? found : throw new CelException($"ERROR: undefined field '{select.Field}'");
            default:
                return null;
        }
    }
}
