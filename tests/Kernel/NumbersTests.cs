using Microsoft.Extensions.Time.Testing;
using Tombolo.Agent.Datapath;

namespace Tombolo.Tests.Kernel;

public sealed class NumbersTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_thing_keeps_its_number()
    {
        var numbers = new Numbers<string>("m", 10, time);
        Assert.Equal((1u, 2u, 1u), (numbers.Of("a"), numbers.Of("b"), numbers.Of("a")));
    }

    [Fact]
    public void A_freed_number_rests_before_another_gets_it()
    {
        var numbers = new Numbers<string>("m", 4, time);
        numbers.Of("a");
        numbers.Of("b");
        Assert.Equal([1u], numbers.FreeAllBut(new HashSet<string> { "b" }));
        Assert.Equal(3u, numbers.Of("c"));
        Assert.Throws<InvalidOperationException>(() => numbers.Of("d"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1u, numbers.Of("d"));
    }

    [Fact]
    public void Numbers_of_a_former_agent_are_kept_and_the_holes_between_filled()
    {
        var numbers = new Numbers<string>("m", 10, time);
        numbers.Adopt("a", 2);
        numbers.Adopt("b", 4);
        Assert.Equal((2u, 4u), (numbers.Of("a"), numbers.Of("b")));
        Assert.Equal([1u, 3u, 5u], new[] { numbers.Of("c"), numbers.Of("d"), numbers.Of("e") });
    }

    [Fact]
    public void A_full_map_says_so()
    {
        var numbers = new Numbers<int>("nexthops", 3, time);
        numbers.Of(1);
        numbers.Of(2);
        Assert.Equal(
            "map nexthops is full: 3 entries",
            Assert.Throws<InvalidOperationException>(() => numbers.Of(3)).Message
        );
    }
}
