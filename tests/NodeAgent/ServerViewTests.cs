using Google.Protobuf;
using Tombolo.Agent.Streams;
using Tombolo.Stream;

namespace Tombolo.Tests.NodeAgent;

public class ServerViewTests
{
    private readonly ServerView view = new("here:1");

    [Fact]
    public void What_a_new_stream_no_longer_names_stays_until_end_of_sync()
    {
        view.Begin();
        view.Apply(Delta(1, Vrf("a", 1), Vrf("b", 2)));
        view.EndSync();
        view.Begin();
        view.Apply(Delta(7, Vrf("a", 1)));
        Assert.Equal(2, view.Entries.Count);
        view.EndSync();
        Assert.Equal("a", Assert.Single(view.Entries).Vrf.Name);
    }

    [Fact]
    public void Versions_count_anew_with_each_stream_and_only_whole_ones()
    {
        view.Begin();
        Assert.False(view.Apply(Delta(0, Vrf("a", 1))));
        Assert.Equal(0ul, view.Version);
        Assert.True(view.Apply(Delta(9, Vrf("b", 2))));
        view.Begin();
        Assert.Equal(0ul, view.Version);
    }

    [Fact]
    public void The_same_entries_have_the_same_digest_whatever_came_between()
    {
        var other = new ServerView("there:1");
        view.Apply(Delta(1, Vrf("a", 1), Vrf("b", 2), Vrf("c", 3)));
        view.Apply(
            new Delta
            {
                Version = 2,
                Remove =
                {
                    new Key { Kind = EntryKind.EntryVrf, Name = "c" },
                },
            }
        );
        other.Apply(Delta(1, Vrf("b", 9)));
        Assert.NotEqual(view.Digest, other.Digest);
        other.Apply(Delta(2, Vrf("b", 2), Vrf("a", 1)));
        Assert.Equal(view.Digest, other.Digest);
    }

    [Fact]
    public void An_entry_of_a_kind_that_comes_later_is_passed_over() =>
        Assert.True(view.Apply(new Delta { Version = 1, Put = { new Entry { Scope = new Scope() } } }));

    private static Delta Delta(ulong version, params Entry[] put) => new() { Version = version, Put = { put } };

    private static Entry Vrf(string name, byte hash) =>
        new()
        {
            Hash = ByteString.CopyFrom([.. Enumerable.Repeat(hash, 16)]),
            Vrf = new Vrf { Name = name },
        };
}
