using Tombolo.Values;

namespace Tombolo.Agent.Interfaces;

/// <summary>
/// This node's labels, round robin over 16…2²⁰−1: the one given back last comes round again last, so that a late packet
/// meets nobody new. The cursor on disk outlives the agent.
/// </summary>
internal sealed class Labels
{
    // The cursor is written ahead by this many: one write to disk serves that many labels, and a crash skips at most as many.
    private const uint Ahead = 64;

    private readonly string file;
    private readonly HashSet<uint> taken = [];
    private uint next;
    private uint written;

    public Labels(string directory)
    {
        file = System.IO.Path.Combine(directory, "labels");
        next = File.Exists(file) && uint.TryParse(File.ReadAllText(file), out var cursor) ? cursor : Label.First;
        written = next;
    }

    /// <summary>Marks a label that is in use already: an attachment's from before this agent started.</summary>
    public void Reserve(Label label) => taken.Add(label.Value);

    /// <exception cref="InvalidOperationException">All million are taken.</exception>
    public Label Take()
    {
        for (uint tried = Label.First; tried <= Label.Last; tried++)
        {
            var value = next < Label.First || next > Label.Last ? Label.First : next;
            next = value + 1;
            if (taken.Add(value))
            {
                WriteAhead();
                return new Label(value);
            }
        }
        throw new InvalidOperationException("no label is left on this node");
    }

    public void Release(Label label) => taken.Remove(label.Value);

    private void WriteAhead()
    {
        if (next <= written && written - next <= Ahead)
        {
            return;
        }
        written = next + Ahead;
        var draft = file + ".new";
        File.WriteAllText(draft, written.ToString());
        File.Move(draft, file, overwrite: true);
    }
}
