using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Splits an expression into words.</summary>
internal static class CelTokens
{
    private static readonly string[] Signs =
    [
        "&&",
        "||",
        "==",
        "!=",
        "<=",
        ">=",
        "<",
        ">",
        "!",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "?",
        ":",
        "+",
        "-",
        "*",
        "/",
        "%",
    ];

    /// <exception cref="CelException">A character that begins no word, or an open string.</exception>
    public static List<CelToken> Read(string text)
    {
        var tokens = new List<CelToken>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            if (at == text.Length)
            {
                tokens.Add(new CelToken(CelTokenKind.End, "", at + 1));
                return tokens;
            }
            tokens.Add(Next(text, ref at));
        }
    }

    private static CelToken Next(string text, ref int at)
    {
        var (start, first) = (at, text[at]);
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            {
                at++;
            }
            return new CelToken(CelTokenKind.Name, text[start..at], start + 1);
        }
        if (char.IsAsciiDigit(first))
        {
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }
            var number = text[start..at];
            return new CelToken(number.Contains('.') ? CelTokenKind.Real : CelTokenKind.Whole, number, start + 1);
        }
        if (first is '"' or '\'')
        {
            return new CelToken(CelTokenKind.Text, Quoted(text, ref at), start + 1);
        }
        var sign = Array.Find(Signs, s => string.CompareOrdinal(text, start, s, 0, s.Length) == 0);
        if (sign is null)
        {
            throw new CelException(
                $"ERROR: <input>:1:{start + 1}: Syntax error: token recognition error at: '{first}'"
            );
        }
        at += sign.Length;
        return new CelToken(CelTokenKind.Sign, sign, start + 1);
    }

    private static string Quoted(string text, ref int at)
    {
        var (start, quote, content) = (at, text[at], new StringBuilder());
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                content.Append(text[at]);
                continue;
            }
            content.Append(
                text[++at] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    var other => other,
                }
            );
        }
        if (at == text.Length)
        {
            throw new CelException($"ERROR: <input>:1:{start + 1}: Syntax error: a string that does not end");
        }
        at++;
        return content.ToString();
    }
}
