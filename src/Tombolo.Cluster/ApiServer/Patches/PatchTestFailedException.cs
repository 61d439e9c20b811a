namespace Tombolo.Cluster.ApiServer;

/// <summary>A JSON patch's own test did not hold: the request is valid, the object is not as expected.</summary>
internal sealed class PatchTestFailedException(string message) : Exception(message);
