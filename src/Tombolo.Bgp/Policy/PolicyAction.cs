namespace Tombolo.Bgp.Policy;

public enum PolicyAction
{
    /// <summary>Go on with the next rule, changes kept.</summary>
    Next,
    Accept,
    Reject,
}
