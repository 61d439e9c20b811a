using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using Tombolo.Agent.Streams;
using Tombolo.Agent.Telemetry;
using Tombolo.Linux;
using Tombolo.Stream;
using Tombolo.Values.Drops;

namespace Tombolo.Agent.Node;

internal sealed partial class NodeLoop
{
    // The ring holds 14,000 events: a reader each 10 ms loses none, and nobody waits for it (there is no wake-up).
    private static readonly TimeSpan LookAtDrops = TimeSpan.FromMilliseconds(10);
    private const int MostDrops = 1000;

    private readonly Followers followers = new();
    private ITimer? drains;

    private void TakeQuestion(ServerStream stream, Question question)
    {
        switch (question.OfCase)
        {
            case Question.OfOneofCase.Drops when question.Drops.Follow:
                if (!followers.Any)
                {
                    kernel.SkipDrops();
                }
                followers.Add(stream, question.Id, question.Drops.Vrf);
                Send(stream, question.Id, []); // so that the asker knows that we listen
                WatchDrops();
                break;
            case Question.OfOneofCase.Stop:
                followers.Remove(stream, question.Id);
                WatchDrops();
                break;
            default:
                stream.Send(new FromAgent { Answer = Answer(question) });
                break;
        }
    }

    // The ring is read while somebody follows, and not at all otherwise.
    private void WatchDrops()
    {
        if (followers.Any && drains is null)
        {
            drains = time.CreateTimer(_ => inbox.Writer.TryWrite(new Drain()), null, LookAtDrops, LookAtDrops);
        }
        else if (!followers.Any && drains is not null)
        {
            drains.Dispose();
            drains = null;
        }
    }

    private void DrainDrops()
    {
        var drops = followers.Any ? kernel.TakeDrops(MostDrops, state, known.Values, time) : [];
        if (drops.Count == 0)
        {
            return;
        }
        foreach (var (stream, question, network) in followers.All)
        {
            var wanted = network.Length == 0 ? drops : [.. drops.Where(drop => drop.Network == network)];
            if (wanted.Count > 0)
            {
                Send(stream, question, wanted);
            }
        }
    }

    private static void Send(ServerStream stream, ulong question, IReadOnlyList<SampledDrop> drops) =>
        stream.Send(
            new FromAgent
            {
                Answer = new Answer { Id = question, Json = Octets(drops, AgentJson.Default.IReadOnlyListSampledDrop) },
            }
        );

    private Answer Answer(Question question)
    {
        var answer = new Answer { Id = question.Id, Last = true };
        try
        {
            switch (question.OfCase)
            {
                case Question.OfOneofCase.Dump:
                    answer.Json = ByteString.CopyFrom(
                        kernel.Dump(options.Node, question.Dump.Vrf, state, known.Values)
                    );
                    break;
                case Question.OfOneofCase.Drops:
                    answer.Json = Octets(
                        kernel.Drops(question.Drops.Vrf, state, known.Values),
                        AgentJson.Default.IReadOnlyListCountedDrop
                    );
                    break;
                default:
                    answer.Error = "this agent does not know how to answer that";
                    break;
            }
        }
        catch (LinuxException broken)
        {
            answer.Error = broken.Message;
        }
        return answer;
    }

    private static ByteString Octets<T>(T value, JsonTypeInfo<T> shape) =>
        ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(value, shape));
}
