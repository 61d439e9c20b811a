namespace Tombolo.Api.Schema;

/// <summary>How an enum's member is written in the API: fields' words begin small (<c>overlay</c>), protocols' as they are
/// (<c>VXLAN</c>, <c>MPLSinUDP</c>).</summary>
internal static class Words
{
    public static string Of(string member) =>
        member.Length > 1 && char.IsUpper(member[1]) ? member : char.ToLowerInvariant(member[0]) + member[1..];
}
