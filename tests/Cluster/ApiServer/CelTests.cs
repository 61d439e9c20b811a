using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Rules of CRDs: what they give, and how they are refused.</summary>
public class CelTests
{
    [Theory]
    [InlineData("self.a == 1", true)]
    [InlineData("self.a <= self.b && self.b < 3", true)]
    [InlineData("self.a > self.b || self.name == 'x'", true)]
    [InlineData("!has(self.none)", true)]
    [InlineData("has(self.name) && size(self.name) == 1", true)]
    [InlineData("self.list.size() == 2 && 'p' in self.list", true)]
    [InlineData("self.name in ['x', 'y']", true)]
    [InlineData("self.name in ['z']", false)]
    [InlineData("self.real > 1.4 && self.real < 2", true)]
    [InlineData("(self.a == 2 ? 'p' : 'q') == 'q'", true)]
    [InlineData("self.list.all(i, i.startsWith('p') || i == 'q')", true)]
    [InlineData("self.list.exists(i, i == 'none')", false)]
    [InlineData("self.map['k-1'] == 'v' && 'k-1' in self.map", true)]
    [InlineData("self.a - 2 == -1", true)]
    [InlineData("self.dash__dash__ed == true", true)]
    [InlineData("self.name != oldSelf.name", true)]
    [InlineData("false && self.none == 1 || true", true)]
    [InlineData("self.none == 1 || true", true)]
    public void Gives(string rule, bool expected)
    {
        var self = JsonText.Parse(
            """{"a":1,"b":2,"name":"x","list":["p","q"],"map":{"k-1":"v"},"real":1.5,"dash-ed":true}"""u8
        );
        var scope = CelScope.Of(CelValues.Of(self), CelValues.Of(new JsonObject { ["name"] = "old" }));
        Assert.Equal(expected, CelParser.Parse(rule).Evaluate(scope));
    }

    [Theory]
    [InlineData("self.none == 1", "no such key: none")]
    [InlineData("self.a < 'x'", "no such overload")]
    [InlineData("self.a / 0 == 1", "division by zero")]
    public void Says_why_a_rule_cannot_be_evaluated(string rule, string why)
    {
        var scope = CelScope.Of(new JsonObject { ["a"] = 1 }, null);
        Assert.Contains(why, Assert.Throws<CelException>(() => CelParser.Parse(rule).Evaluate(scope)).Message);
    }

    [Theory]
    [InlineData("self.a ==")]
    [InlineData("self.a = 1")]
    [InlineData("other.a == 1")]
    [InlineData("isIP(self.a)")]
    [InlineData("self.a == 'x")]
    [InlineData("has(self)")]
    [InlineData("#")]
    [InlineData("")]
    public void Refuses_what_it_cannot_read(string rule) =>
        Assert.StartsWith("ERROR: <input>:1:", Assert.Throws<CelException>(() => CelParser.Parse(rule)).Message);

    [Fact]
    public void Never_overflows_the_stack_on_a_hostile_rule()
    {
        Assert.Throws<CelException>(() => CelParser.Parse(new string('(', 100_000)));
        Assert.Throws<CelException>(() => CelParser.Parse(new string('!', 100_000) + "true"));
        Assert.Throws<CelException>(() => CelParser.Parse(string.Concat(Enumerable.Repeat("-", 100_000)) + "1"));
    }
}
