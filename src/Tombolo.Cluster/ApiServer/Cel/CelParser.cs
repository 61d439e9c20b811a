using System.Globalization;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Reads the part of CEL that this server knows: self, oldSelf, field selection, indices, has, size, comparisons, in,
/// logic, sums, conditions, all and exists, and four functions on strings. Anything else is refused.
/// </summary>
internal sealed class CelParser
{
    private const int MostDepth = 50;

    private readonly List<CelToken> tokens;
    private readonly HashSet<string> names = ["self", "oldSelf"];
    private int next;
    private int depth;

    private CelParser(string text) => tokens = CelTokens.Read(text);

    /// <exception cref="CelException">What cannot be read, and where.</exception>
    public static CelExpression Parse(string text)
    {
        var parser = new CelParser(text);
        var expression = parser.Conditional();
        return parser.Peek.Kind == CelTokenKind.End ? expression : throw parser.Unexpected();
    }

    private CelToken Peek => tokens[next];

    private CelExpression Conditional()
    {
        Deeper();
        var condition = Binary(0);
        if (Take("?"))
        {
            var then = Conditional();
            Expect(":");
            condition = new CelConditional(condition, then, Conditional());
        }
        depth--;
        return condition;
    }

    // Weakest first, as the CEL specification orders them.
    private static readonly string[][] Levels =
    [
        ["||"],
        ["&&"],
        ["==", "!=", "<", "<=", ">", ">=", "in"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private CelExpression Binary(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }
        var left = Binary(level + 1);
        while (Array.Find(Levels[level], IsNext) is { } sign)
        {
            next++;
            left = new CelBinary(sign, left, Binary(level + 1));
        }
        return left;
    }

    private CelExpression Unary()
    {
        if (!IsNext("!") && !IsNext("-"))
        {
            return Member(Primary());
        }
        Deeper();
        CelExpression result = Take("!") ? new CelNot(Unary()) : Negative();
        depth--;
        return result;
    }

    private CelBinary Negative()
    {
        Expect("-");
        return new CelBinary("-", new CelLiteral(0L), Unary());
    }

    private void Deeper()
    {
        if (++depth > MostDepth)
        {
            throw new CelException($"ERROR: <input>:1:{Peek.At}: nested too deeply");
        }
    }

    private CelExpression Member(CelExpression target)
    {
        while (true)
        {
            if (Take("."))
            {
                var name = Name();
                target = IsNext("(") ? Method(target, name) : new CelSelect(target, CelNames.Plain(name));
            }
            else if (Take("["))
            {
                target = new CelIndex(target, Conditional());
                Expect("]");
            }
            else
            {
                return target;
            }
        }
    }

    private CelExpression Method(CelExpression target, string name)
    {
        var at = tokens[next - 1].At;
        Expect("(");
        if (name is "all" or "exists")
        {
            var variable = Name();
            Expect(",");
            var added = names.Add(variable);
            var body = Conditional();
            if (added)
            {
                names.Remove(variable);
            }
            Expect(")");
            return new CelEach(name == "all", target, variable, body);
        }
        var arguments = Arguments(")");
        return (name, arguments.Count) switch
        {
            ("size", 0) => new CelSize(target),
            ("startsWith" or "endsWith" or "contains" or "matches", 1) => new CelTextTest(name, target, arguments[0]),
            _ => throw new CelException($"ERROR: <input>:1:{at}: undeclared reference to '{name}'"),
        };
    }

    private CelExpression Primary()
    {
        var token = Peek;
        next++;
        switch (token.Kind)
        {
            case CelTokenKind.Whole when long.TryParse(token.Text, CultureInfo.InvariantCulture, out var whole):
                return new CelLiteral(whole);
            case CelTokenKind.Real when double.TryParse(token.Text, CultureInfo.InvariantCulture, out var real):
                return new CelLiteral(real);
            case CelTokenKind.Text:
                return new CelLiteral(token.Text);
            case CelTokenKind.Sign when token.Text == "(":
                var inner = Conditional();
                Expect(")");
                return inner;
            case CelTokenKind.Sign when token.Text == "[":
                return new CelList(Arguments("]"));
            case CelTokenKind.Name:
                return Named(token);
            default:
                next--;
                throw Unexpected();
        }
    }

    private CelExpression Named(CelToken token)
    {
        switch (token.Text)
        {
            case "true" or "false":
                return new CelLiteral(token.Text == "true");
            case "null":
                return new CelLiteral(null);
            case "has" when Take("("):
                var selected = Conditional();
                Expect(")");
                return selected is CelSelect select
                    ? new CelHas(select)
                    : throw new CelException($"ERROR: <input>:1:{token.At}: invalid argument to has() macro");
            case "size" when Take("("):
                var sized = Conditional();
                Expect(")");
                return new CelSize(sized);
            default:
                return names.Contains(token.Text)
                    ? new CelVariable(token.Text)
                    : throw new CelException(
                        $"ERROR: <input>:1:{token.At}: undeclared reference to '{token.Text}' (in container '')"
                    );
        }
    }

    private List<CelExpression> Arguments(string end)
    {
        var arguments = new List<CelExpression>();
        if (Take(end))
        {
            return arguments;
        }
        do
        {
            arguments.Add(Conditional());
        } while (Take(","));
        Expect(end);
        return arguments;
    }

    private bool IsNext(string word) => Peek.Text == word && Peek.Kind is (CelTokenKind.Sign or CelTokenKind.Name);

    private bool Take(string word)
    {
        if (!IsNext(word))
        {
            return false;
        }
        next++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word))
        {
            throw Unexpected();
        }
    }

    private string Name()
    {
        if (Peek.Kind != CelTokenKind.Name)
        {
            throw Unexpected();
        }
        return tokens[next++].Text;
    }

    private CelException Unexpected() =>
        new(
            Peek.Kind == CelTokenKind.End
                ? $"ERROR: <input>:1:{Peek.At}: Syntax error: mismatched input '<EOF>'"
                : $"ERROR: <input>:1:{Peek.At}: Syntax error: unexpected '{Peek.Text}'"
        );
}
