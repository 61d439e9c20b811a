using System.Reflection;
using System.Text.Json.Serialization;

namespace Tombolo.Api.Schema;

/// <summary>
/// How an enum's members are written in the API: as <see cref="JsonStringEnumMemberNameAttribute"/> says, else as they are
/// named (protocols: <c>VXLAN</c>). An attribute of the members, since the Kubernetes client's own enum converter comes
/// before any that a type asks for.
/// </summary>
internal static class Words
{
    public static IEnumerable<string> Of(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name);
}
