using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What <c>/version</c> says: the Kubernetes version whose API this is.</summary>
internal static class ServerVersion
{
    public static JsonObject Document() =>
        new()
        {
            ["major"] = "1",
            ["minor"] = "33",
            ["gitVersion"] = "v1.33.0",
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = RuntimeInformation.FrameworkDescription,
            ["compiler"] = "dotnet",
            ["platform"] = "linux/" + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64"),
        };
}
