using System.Text;

namespace Tombolo.Values;

/// <summary>Names of drop reasons as users grep them.</summary>
public static class DropReasons
{
    /// <summary>The name in <c>bpf/abi/reasons.h</c>, e.g. <c>no_route</c>; a number for one that this build does not know.</summary>
    public static string Name(this DropReason reason)
    {
        if (!Enum.IsDefined(reason))
        {
            return ((ushort)reason).ToString();
        }
        var name = new StringBuilder();
        foreach (var letter in reason.ToString())
        {
            if (char.IsUpper(letter) && name.Length > 0)
            {
                name.Append('_');
            }
            name.Append(char.ToLowerInvariant(letter));
        }
        return name.ToString();
    }

    /// <summary>The reason of a name, as routes that drop carry it.</summary>
    public static bool TryParse(string? text, out DropReason reason)
    {
        reason = Enum.GetValues<DropReason>().FirstOrDefault(known => known.Name() == text);
        return reason != DropReason.None;
    }
}
