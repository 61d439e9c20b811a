namespace Tombolo.Bgp.Transport;

internal enum LinkReportKind
{
    Received,
    Sent,

    /// <summary>Nothing more will be received.</summary>
    Ended,
}
