namespace Tombolo.Tests;

/// <summary>The checkout that the tests run in.</summary>
internal static class Root
{
    public static string Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        var directory = new DirectoryInfo(
            Environment.GetEnvironmentVariable("TOMBOLO_ROOT") ?? AppContext.BaseDirectory
        );
        while (
            directory is not null && !System.IO.File.Exists(System.IO.Path.Combine(directory.FullName, "Tombolo.slnx"))
        )
        {
            directory = directory.Parent;
        }
        return directory?.FullName ?? throw new InvalidOperationException("no Tombolo.slnx above the tests");
    }
}
