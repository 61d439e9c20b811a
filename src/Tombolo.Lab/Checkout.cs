namespace Tombolo.Lab;

/// <summary>The checkout that programs come from and that a lab's state lies in.</summary>
public sealed record Checkout(string Path)
{
    public string Tombolo => Program("tombolo/tombolo");

    public string Agent => Program("tombolo-agent");

    /// <summary>Where the kubelet looks for CNI plugins.</summary>
    public string PluginDirectory => System.IO.Path.GetDirectoryName(Program("tombolo-cni"))!; // lies in a directory

    public string Echo => Program("echo");

    public string BpfObject => System.IO.Path.Combine(Path, ".build/bpf/tombolo.bpf.o");

    public string Crds => System.IO.Path.Combine(Path, "deploy/crds");

    public string Example => System.IO.Path.Combine(Path, "examples/islands.yaml");

    /// <summary>The environment's <c>TOMBOLO_ROOT</c>, which the script sets, else the first directory above the program with Tombolo.slnx.</summary>
    /// <exception cref="LabException">Neither is there.</exception>
    public static Checkout Find()
    {
        if (Environment.GetEnvironmentVariable("TOMBOLO_ROOT") is { Length: > 0 } root)
        {
            return new Checkout(System.IO.Path.GetFullPath(root));
        }
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Tombolo.slnx")))
            {
                return new Checkout(at.FullName);
            }
        }
        throw new LabException("this program lies in no checkout of Tombolo: set TOMBOLO_ROOT to one");
    }

    /// <summary>A program may be published as a file or into a directory of its own name.</summary>
    private string Program(string name)
    {
        var path = System.IO.Path.Combine(Path, ".build/bin", name);
        return Directory.Exists(path) ? System.IO.Path.Combine(path, System.IO.Path.GetFileName(name)) : path;
    }
}
