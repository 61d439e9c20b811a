namespace Tombolo.Values.Cni;

/// <summary>The agent's answer: a result, an error, or (all but ADD) neither.</summary>
public sealed record CniAnswer(CniResult? Result, CniError? Error);

/// <summary>An error as the spec has it (CNI spec 1.1 §5, error).</summary>
/// <param name="Code">See <see cref="CniErrorCode"/>.</param>
public sealed record CniError(string CniVersion, int Code, string Msg, string? Details = null);

/// <summary>Error codes of the spec; from 100 on they are the plugin's own.</summary>
public static class CniErrorCode
{
    public const int IncompatibleVersion = 1;
    public const int UnsupportedField = 2;
    public const int UnknownContainer = 3;
    public const int InvalidEnvironment = 4;
    public const int Io = 5;
    public const int Decode = 6;
    public const int InvalidConfiguration = 7;
    public const int TryAgainLater = 11;

    /// <summary>STATUS: no ADD can be served.</summary>
    public const int NotAvailable = 50;

    /// <summary>STATUS: no ADD can be served, and what is attached may have limited connectivity.</summary>
    public const int LimitedConnectivity = 51;

    public const int Internal = 100;

    /// <summary>CHECK: something is not as ADD made it.</summary>
    public const int Differs = 101;
}
