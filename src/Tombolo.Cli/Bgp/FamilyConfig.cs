namespace Tombolo.Cli.Bgp;

internal sealed class FamilyConfig
{
    public string Name { get; set; } = "";

    /// <summary>send, receive or both.</summary>
    public string? AddPath { get; set; }

    public int MaximumPrefixes { get; set; }

    /// <summary>Names of policies; absent for all routes as they are.</summary>
    public string? Import { get; set; }

    public string? Export { get; set; }

    /// <summary>self, unchanged, or the address to put there; absent for the family's default.</summary>
    public string? NextHop { get; set; }

    public string? LongLived { get; set; }
}
