namespace Tombolo.Agent.Datapath;

/// <summary>
/// The agent's own numbers for things that maps name by number. 0 is none. A number that was freed rests a while: a
/// program that read it from one map may be just about to look it up in the next.
/// </summary>
public sealed class Numbers<T>(string name, uint capacity, TimeProvider time)
    where T : notnull
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly Dictionary<T, uint> numbers = [];
    private readonly Queue<(uint Number, long Freed)> resting = [];
    private readonly SortedSet<uint> holes = [];
    private uint next = 1;

    /// <summary>All that have a number.</summary>
    public IReadOnlyDictionary<T, uint> Held => numbers;

    /// <summary>Takes a number that a former agent gave, as its maps tell.</summary>
    public void Adopt(T what, uint number)
    {
        if (!numbers.TryAdd(what, number))
        {
            return;
        }
        for (; next < number; next++)
        {
            holes.Add(next);
        }
        holes.Remove(number);
        next = Math.Max(next, number + 1);
    }

    /// <summary>The number of a thing, its own from the first time on.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public uint Of(T what)
    {
        if (!numbers.TryGetValue(what, out var number))
        {
            number = Take();
            numbers[what] = number;
        }
        return number;
    }

    /// <summary>Frees what is not in use any more and gives the numbers that became free.</summary>
    public IReadOnlyList<uint> FreeAllBut(IReadOnlySet<T> used)
    {
        var freed = new List<uint>();
        foreach (var (what, number) in numbers)
        {
            if (!used.Contains(what))
            {
                numbers.Remove(what);
                resting.Enqueue((number, time.GetTimestamp()));
                freed.Add(number);
            }
        }
        return freed;
    }

    private uint Take()
    {
        if (holes.Count > 0)
        {
            var hole = holes.Min;
            holes.Remove(hole);
            return hole;
        }
        if (resting.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Freed) >= Rest)
        {
            return resting.Dequeue().Number;
        }
        return next < capacity
            ? next++
            : throw new InvalidOperationException($"map {name} is full: {capacity} entries");
    }
}
