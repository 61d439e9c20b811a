namespace Tombolo.Cluster.Kubelet;

/// <summary>A pod's network could not be made or taken away; the message is the plugin's, for users.</summary>
internal sealed class CniException(string message) : Exception(message);
