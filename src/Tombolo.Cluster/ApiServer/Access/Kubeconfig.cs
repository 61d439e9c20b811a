using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Writes kubeconfig files.</summary>
public static class Kubeconfig
{
    /// <summary>Writes a kubeconfig with one cluster, one user by token, and one context that is current.</summary>
    /// <param name="caPem">The authority that the server's certificate must come from.</param>
    public static void Write(string path, string serverUrl, string caPem, string token, string user = "admin") =>
        PrivateFile.Write(
            path,
            $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: tombolo
              cluster:
                server: {serverUrl}
                certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(caPem))}
            users:
            - name: {user}
              user:
                token: {token}
            contexts:
            - name: tombolo
              context:
                cluster: tombolo
                user: {user}
            current-context: tombolo

            """
        );
}
