namespace Tombolo.Api;

/// <summary>The words by which users and rooms name things: group, namespace, annotations, default networks.</summary>
public static class Names
{
    public const string Group = "net.tombolo.dev";
    public const string Version = "v1alpha1";
    public const string ApiVersion = Group + "/" + Version;

    /// <summary>Where the default networks, the Leases and the product itself live.</summary>
    public const string SystemNamespace = "tombolo-system";

    /// <summary>Annotation on Pod and Namespace: <c>vn</c> or <c>ns/vn</c>, the primary network.</summary>
    public const string Network = Group + "/network";

    /// <summary>Annotation on Pod: fixed addresses of the primary interface, separated by commas.</summary>
    public const string Addresses = Group + "/addresses";

    /// <summary>Annotation on Pod: prefixes and addresses that its primary interface may source beyond its own.</summary>
    public const string AllowedAddresses = Group + "/allowed-addresses";

    /// <summary>Label on Namespace: <c>"true"</c> gives it two networks of its own.</summary>
    public const string Isolated = Group + "/isolated";

    /// <summary>Annotation on Pod: key of the range in its subnets from which to take addresses.</summary>
    public const string Range = Group + "/range";

    /// <summary>Finalizer of a NetworkInterface: its addresses are still held.</summary>
    public const string AddressFinalizer = Group + "/address";

    /// <summary>Finalizer of a VirtualNetwork, Subnet: interfaces are still in it.</summary>
    public const string InUseFinalizer = Group + "/in-use";

    /// <summary>Annotations on a route server's Lease: where operators ask, and the SHA-256 of that door's certificate.</summary>
    public const string Door = Group + "/door";
    public const string DoorCertificate = Group + "/door-certificate";

    /// <summary>Label on a route server's Lease.</summary>
    public const string RouteServer = Group + "/routeserver";

    public static readonly ObjectName DefaultNetwork = new(SystemNamespace, "default");
    public static readonly ObjectName ServicesNetwork = new(SystemNamespace, "services");
    public static readonly ObjectName UnderlayNetwork = new(SystemNamespace, "underlay");
    public static readonly ObjectName SystemNetwork = new(SystemNamespace, "system");
}
