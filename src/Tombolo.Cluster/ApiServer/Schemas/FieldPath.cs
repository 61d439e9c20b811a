namespace Tombolo.Cluster.ApiServer;

/// <summary>Joins field paths as messages show them.</summary>
internal static class FieldPath
{
    public static string Field(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Item(string path, int index) => $"{path}[{index}]";
}
