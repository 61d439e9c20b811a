namespace Tombolo.Tools;

/// <summary>Which kubeconfig a tool uses: the flag's, <c>KUBECONFIG</c>'s, else the checkout's default lab's.</summary>
public static class Kubeconfigs
{
    /// <exception cref="ToolException">There is none.</exception>
    public static string Find(string? flag)
    {
        var root = Environment.GetEnvironmentVariable("TOMBOLO_ROOT") ?? Directory.GetCurrentDirectory();
        var lab = Path.Combine(root, ".lab", "default", "kubeconfig");
        var named = flag ?? Environment.GetEnvironmentVariable("KUBECONFIG");
        if (named is { Length: > 0 })
        {
            return File.Exists(named) ? named : throw new ToolException($"there is no kubeconfig {named}");
        }
        return File.Exists(lab)
            ? lab
            : throw new ToolException(
                "no cluster: give --kubeconfig, set KUBECONFIG, or start a lab with ./tombolo lab up"
            );
    }
}
