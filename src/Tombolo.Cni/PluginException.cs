namespace Tombolo.Cni;

/// <summary>Why the plugin cannot do what it was asked: an error code of the spec, what, and the details.</summary>
public sealed class PluginException(int code, string message, string? details) : Exception(message)
{
    public int Code => code;

    public string? Details => details;
}
