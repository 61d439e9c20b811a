using Tombolo.Values;

namespace Tombolo.Controller.Ipam;

/// <summary>The answer to a wish for an address.</summary>
/// <param name="Reason">Of the event, if there is none: <c>SubnetFull</c>, <c>AddressTaken</c> …</param>
internal readonly record struct Grant(Address Address, string Reason, string Message)
{
    public bool IsGranted => Reason.Length == 0;

    public static Grant Of(Address address) => new(address, "", "");

    public static Grant Refused(string reason, string message) => new(default, reason, message);
}

/// <summary>A wish for an address of a subnet.</summary>
/// <param name="Interface">ns/name of the NetworkInterface that is to hold it.</param>
/// <param name="Fixed">This one and no other, or null.</param>
/// <param name="Range">Key of the range, or null.</param>
internal sealed record Wish(string Interface, string PodUid, Address? Fixed, string? Range)
{
    /// <summary>In use in networks that are joined with this one: two pods that reach each other have two addresses.</summary>
    public IReadOnlySet<Address> Avoid { get; init; } = new HashSet<Address>();
}
