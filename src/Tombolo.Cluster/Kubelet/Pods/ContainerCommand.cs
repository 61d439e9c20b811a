using System.Text;
using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What a container runs. No image is ever fetched: a few names are built in, others need a command of the host.</summary>
internal static class ContainerCommand
{
    private const string Pause = "lab/pause";

    /// <summary>Program and arguments; empty for a container without a process.</summary>
    /// <param name="images">Programs that stand for images.</param>
    /// <param name="problem">Why there is nothing to run; null if there is.</param>
    public static IReadOnlyList<string> Of(
        V1Container container,
        IReadOnlyDictionary<string, string> images,
        IReadOnlyDictionary<string, string> environment,
        out string? problem
    )
    {
        problem = null;
        var image = NameOf(container.Image ?? "");
        var command = (container.Command ?? []).Select(word => Expand(word, environment));
        var arguments = (container.Args ?? []).Select(word => Expand(word, environment));
        if (container.Command is { Count: > 0 })
        {
            return [.. command, .. arguments];
        }
        if (images.TryGetValue(image, out var program))
        {
            return [program, .. arguments];
        }
        if (image != Pause)
        {
            problem =
                $"image \"{container.Image}\" cannot be pulled: this cluster fetches none. It has "
                + $"{string.Join(", ", images.Keys.Append(Pause).Order(StringComparer.Ordinal))}; any other image needs a "
                + "command, which runs from the host's file system";
        }
        return [];
    }

    /// <summary>An image's name without registry docker.io, tag and digest.</summary>
    internal static string NameOf(string image)
    {
        var name = image.Split('@')[0];
        name = name.StartsWith("docker.io/", StringComparison.Ordinal) ? name["docker.io/".Length..] : name;
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    /// <summary><c>$(NAME)</c> becomes the variable's value, <c>$$</c> a dollar; what is not known stays as it is.</summary>
    internal static string Expand(string text, IReadOnlyDictionary<string, string> environment)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            var end = next == '(' ? text.IndexOf(')', i) : -1;
            if (text[i] != '$' || (next != '$' && end < 0))
            {
                result.Append(text[i]);
            }
            else if (next == '$')
            {
                result.Append('$');
                i++;
            }
            else
            {
                var name = text[(i + 2)..end];
                result.Append(environment.TryGetValue(name, out var value) ? value : text[i..(end + 1)]);
                i = end;
            }
        }
        return result.ToString();
    }
}
