using Tombolo.Agent.Interfaces;
using Tombolo.Stream;
using Tombolo.Values;

namespace Tombolo.Agent.Node;

/// <summary>An interface that this node is to host, from when it is told of it (bound) until it is taken away.</summary>
internal sealed class Known(string uid, Label label)
{
    public string Uid => uid;

    public Label Label => label;

    public Attachment? Attachment { get; set; }

    /// <summary>The kernel forwards for it.</summary>
    public bool Up { get; set; }

    /// <summary>The primary says that the nodes interested know of it.</summary>
    public bool Settled { get; set; }

    public InterfaceReport Report() =>
        new()
        {
            InterfaceUid = uid,
            State = Up ? InterfaceState.Up : InterfaceState.Bound,
            Label = label.Value,
        };
}
