using System.CommandLine;
using Tombolo.Kube;
using Tombolo.Tools;

namespace Tombolo.Cli;

/// <summary>What commands that ask a cluster share: which cluster, which form, and how a refusal reads.</summary>
internal static class Asking
{
    public static Option<string?> Kubeconfig() =>
        new("--kubeconfig") { Description = "default: KUBECONFIG, else the checkout's .lab/default/kubeconfig" };

    public static Option<string> Output()
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "table or json",
            DefaultValueFactory = _ => "table",
        };
        output.AcceptOnlyFromAmong("table", "json");
        return output;
    }

    /// <returns>0, 1 if the answer is bad news, 2 if there is none.</returns>
    public static async Task<int> RunAsync(string? kubeconfig, Func<KubeApi, Task<int>> ask)
    {
        try
        {
            using var api = KubeApi.From(Kubeconfigs.Find(kubeconfig));
            return await ask(api);
        }
        catch (Exception refused)
            when (refused
                    is ToolException
                        or KubeException
                        or HttpRequestException
                        or IOException
                        or TaskCanceledException
            )
        {
            await Console.Error.WriteLineAsync($"tombolo: {refused.Message}");
            return 2;
        }
    }
}
