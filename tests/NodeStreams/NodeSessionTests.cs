using Tombolo.RouteServer.Streams;
using Tombolo.Stream;
using Tombolo.Values;

namespace Tombolo.Tests.NodeStreams;

/// <summary>A question with many answers.</summary>
public sealed class NodeSessionTests
{
    private readonly NodeSession session = new(new NodeName(1, "node-1"), new Hello(), new EntryCodec());
    private readonly IAsyncEnumerator<FromServer> sent;

    public NodeSessionTests() => sent = session.MessagesAsync(Cancel).GetAsyncEnumerator(Cancel);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_come_until_the_last()
    {
        await using var answers = Follow(Cancel).GetAsyncEnumerator(Cancel);
        var first = answers.MoveNextAsync();
        var id = (await SentAsync()).Id;
        session.Answered(new Answer { Id = id + 1, Error = "of another question" });
        session.Answered(new Answer { Id = id, Error = "1" });
        Assert.True(await first);
        Assert.Equal("1", answers.Current.Error);
        session.Answered(new Answer { Id = id, Error = "2" });
        session.Answered(
            new Answer
            {
                Id = id,
                Error = "3",
                Last = true,
            }
        );
        Assert.True(await answers.MoveNextAsync());
        Assert.True(await answers.MoveNextAsync());
        Assert.Equal("3", answers.Current.Error);
        Assert.False(await answers.MoveNextAsync());
    }

    [Fact]
    public async Task An_asker_that_leaves_tells_the_agent_to_stop()
    {
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answers = Follow(leaves.Token).GetAsyncEnumerator(Cancel);
        var first = answers.MoveNextAsync();
        var asked = await SentAsync();
        Assert.Equal(Question.OfOneofCase.Drops, asked.OfCase);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        var stop = await SentAsync();
        Assert.Equal((asked.Id, Question.OfOneofCase.Stop), (stop.Id, stop.OfCase));
    }

    [Fact]
    public async Task A_stream_that_ends_ends_the_answers_and_those_asked_for_later()
    {
        await using var answers = Follow(Cancel).GetAsyncEnumerator(Cancel);
        var first = answers.MoveNextAsync();
        session.Close();
        Assert.False(await first);
        await using var later = Follow(Cancel).GetAsyncEnumerator(Cancel);
        Assert.False(await later.MoveNextAsync());
        await Assert.ThrowsAnyAsync<System.Threading.Channels.ChannelClosedException>(() =>
            session.AskAsync(new Question { Dump = new NodeDump() }, Cancel)
        );
    }

    private IAsyncEnumerable<Answer> Follow(CancellationToken cancel) =>
        session.FollowAsync(new Question { Drops = new DropsQuestion { Follow = true } }, cancel);

    private async Task<Question> SentAsync()
    {
        Assert.True(await sent.MoveNextAsync());
        return sent.Current.Question;
    }
}
