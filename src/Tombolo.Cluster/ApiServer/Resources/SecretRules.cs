using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What is written as stringData is kept as data.</summary>
internal static class SecretRules
{
    public static readonly ResourceRules Rules = new()
    {
        Prepare = (item, _) =>
        {
            if (item["stringData"] is System.Text.Json.Nodes.JsonObject texts)
            {
                foreach (var (name, value) in texts)
                {
                    item.Ensure("data")[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
                }
                item.Remove("stringData");
            }
            item["type"] ??= "Opaque";
        },
    };
}
