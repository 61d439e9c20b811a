namespace Tombolo.Fabric.Intent;

/// <summary>Whether an object's spec can be honoured, and if not: why (condition reason), which field, in words.</summary>
public readonly record struct Judgement(string Reason, string Message)
{
    public static readonly Judgement Accepted = new("Accepted", "");

    public bool IsAccepted => Reason == "Accepted";

    /// <summary>An intent that would be ignored is refused: what a user believes to be isolated or reachable must be so.</summary>
    public static Judgement NotYet(string field, string what) =>
        Refused("NotSupportedYet", field, $"{what} is not supported by this version; leave the field out");

    public static Judgement Refused(string reason, string field, string why) => new(reason, $"{field}: {why}");
}
