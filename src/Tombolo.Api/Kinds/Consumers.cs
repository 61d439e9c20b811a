using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Description("Which other namespaces may use this object. The object's own namespace always may.")]
public sealed record Consumers
{
    [Description("A label selector over namespaces; an empty one selects all. Default: none but its own.")]
    [Limits(Open = true)]
    public V1LabelSelector? Namespaces { get; init; }
}
