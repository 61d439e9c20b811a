using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Two operands and a sign between them.</summary>
internal sealed record CelBinary(string Sign, CelExpression Left, CelExpression Right) : CelExpression
{
    public override IEnumerable<CelExpression> Parts => [Left, Right];

    public override object? Evaluate(CelScope scope)
    {
        if (Sign is "&&" or "||")
        {
            return Logic(scope, decided: Sign == "||");
        }
        var (left, right) = (Left.Evaluate(scope), Right.Evaluate(scope));
        return Sign switch
        {
            "==" => CelValues.Same(left, right),
            "!=" => !CelValues.Same(left, right),
            "in" => IsIn(left, right),
            "<" => CelValues.Order(left, right) < 0,
            "<=" => CelValues.Order(left, right) <= 0,
            ">" => CelValues.Order(left, right) > 0,
            ">=" => CelValues.Order(left, right) >= 0,
            _ => Sum(left, right),
        };
    }

    /// <summary>Either side alone may decide, even if the other cannot be evaluated (CEL specification, Logical Operators).</summary>
    private bool Logic(CelScope scope, bool decided)
    {
        CelException? broken = null;
        try
        {
            if (CelValues.Truth(Left.Evaluate(scope)) == decided)
            {
                return decided;
            }
        }
        catch (CelException error)
        {
            broken = error;
        }
        if (CelValues.Truth(Right.Evaluate(scope)) == decided)
        {
            return decided;
        }
        return broken is null ? !decided : throw broken;
    }

    private static bool IsIn(object? item, object? all) =>
        all switch
        {
            JsonArray list => list.Any(other => CelValues.Same(item, CelValues.Of(other))),
            List<object?> list => list.Any(other => CelValues.Same(item, other)),
            JsonObject map when item is string key => map.ContainsKey(key),
            _ => throw new CelException("no such overload: in"),
        };

    private object Sum(object? left, object? right)
    {
        try
        {
            return (Sign, left, right) switch
            {
                ("+", string a, string b) => a + b,
                ("+", long a, long b) => checked(a + b),
                ("-", long a, long b) => checked(a - b),
                ("*", long a, long b) => checked(a * b),
                ("/", long a, long b) => checked(a / b),
                ("%", long a, long b) => a % b,
                ("+", double a, double b) => a + b,
                ("-", double a, double b) => a - b,
                ("-", long a, double b) => a - b, // the sign of a literal
                ("*", double a, double b) => a * b,
                ("/", double a, double b) => a / b,
                _ => throw new CelException($"no such overload: _{Sign}_"),
            };
        }
        catch (OverflowException)
        {
            throw new CelException("integer overflow");
        }
        catch (DivideByZeroException)
        {
            throw new CelException("division by zero");
        }
    }
}
