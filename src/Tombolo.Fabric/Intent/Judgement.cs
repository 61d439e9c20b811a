namespace Tombolo.Fabric.Intent;

/// <summary>Whether an object's spec can be honoured, and if not: why (condition reason), which field, in words.</summary>
public readonly record struct Judgement(string Reason, string Message)
{
    public static readonly Judgement Accepted = new("Accepted", "");

    public bool IsAccepted => Reason == "Accepted";

    public static Judgement Refused(string reason, string field, string why) => new(reason, $"{field}: {why}");
}
