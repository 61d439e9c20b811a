namespace Tombolo.Cluster.ApiServer;

/// <summary>What a client asked to be given instead of the plain object, by its Accept header.</summary>
/// <param name="Form">Plain, Table or Partial.</param>
/// <param name="Version">Version of meta.k8s.io that was asked for.</param>
internal sealed record Representation(RepresentationForm Form, string Version)
{
    public static readonly Representation Plain = new(RepresentationForm.Plain, "v1");

    public string ApiVersion => $"meta.k8s.io/{Version}";

    /// <summary>The first range that this server can serve; JSON if it can serve none.</summary>
    public static Representation Read(string? accept)
    {
        foreach (var range in MediaRange.Parse(accept))
        {
            if (range.Type is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }
            var version = range.Parameter("v") ?? "v1";
            switch (range.Parameter("as"))
            {
                case null:
                    return Plain;
                case "Table" when version is "v1" or "v1beta1":
                    return new Representation(RepresentationForm.Table, version);
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when version is "v1" or "v1beta1":
                    return new Representation(RepresentationForm.Partial, version);
            }
        }
        return Plain;
    }
}

/// <summary>The forms an object can be given in.</summary>
internal enum RepresentationForm
{
    Plain,
    Table,
    Partial,
}
