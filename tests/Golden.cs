namespace Tombolo.Tests;

/// <summary>Texts that are reviewed like code: a difference fails, <c>UPDATE_GOLDEN=1</c> rewrites.</summary>
internal static class Golden
{
    public static void Matches(string file, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }
        Assert.True(File.Exists(file), $"{file} is missing; UPDATE_GOLDEN=1 ./test unit writes it");
        Assert.Equal(File.ReadAllText(file), text);
    }
}
