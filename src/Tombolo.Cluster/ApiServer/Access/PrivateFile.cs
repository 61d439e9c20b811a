namespace Tombolo.Cluster.ApiServer;

/// <summary>Files that hold secrets: readable by their owner only, and never seen half written.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a file's path has a folder
        var part = path + ".part";
        File.Delete(part);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var stream = new StreamWriter(part, options))
        {
            stream.Write(content);
        }
        File.Move(part, path, overwrite: true);
    }
}
