using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>The environment of a container: what every pod has, and what its spec says.</summary>
internal sealed class ContainerEnvironment(ClusterClient client, string nodeName)
{
    /// <exception cref="EnvironmentException">It names a field, ConfigMap or Secret that is not there.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BuildAsync(
        V1Pod pod,
        V1Container container,
        IReadOnlyList<string> addresses,
        CancellationToken cancel
    )
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = "/root",
            ["HOSTNAME"] = pod.Spec.Hostname ?? pod.Metadata.Name,
            ["POD_NAME"] = pod.Metadata.Name,
            ["POD_NAMESPACE"] = pod.Metadata.NamespaceProperty,
            ["POD_IPS"] = string.Join(',', addresses),
            ["NODE_NAME"] = nodeName,
        };
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (key, value) in await AllOfAsync(pod, source, cancel))
            {
                environment[source.Prefix + key] = value;
            }
        }
        foreach (var variable in container.Env ?? [])
        {
            var value = variable.ValueFrom is { } source
                ? await ValueOfAsync(pod, source, addresses, cancel)
                : ContainerCommand.Expand(variable.Value ?? "", environment);
            if (value is not null)
            {
                environment[variable.Name] = value;
            }
        }
        return environment;
    }

    private async Task<string?> ValueOfAsync(
        V1Pod pod,
        V1EnvVarSource source,
        IReadOnlyList<string> addresses,
        CancellationToken cancel
    )
    {
        if (source.FieldRef is { } field)
        {
            return FieldOf(pod, field.FieldPath, addresses);
        }
        if (source.ConfigMapKeyRef is { } map)
        {
            var data = await ConfigMapAsync(pod, map.Name, cancel);
            return Pick(data, map.Key, map.Optional, $"configmap \"{map.Name}\"");
        }
        if (source.SecretKeyRef is { } secret)
        {
            var data = await SecretAsync(pod, secret.Name, cancel);
            return Pick(data, secret.Key, secret.Optional, $"secret \"{secret.Name}\"");
        }
        throw new EnvironmentException("a variable's source is neither fieldRef, configMapKeyRef nor secretKeyRef");
    }

    private string FieldOf(V1Pod pod, string path, IReadOnlyList<string> addresses) =>
        path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "spec.nodeName" => nodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
            "status.hostIP" => pod.Status?.HostIP ?? "",
            "status.podIP" => addresses.Count > 0 ? addresses[0] : "",
            "status.podIPs" => string.Join(',', addresses),
            _ when Subscript(path, "metadata.labels") is { } key => pod.Metadata.Labels?.TryGetValue(key, out var label)
            == true
                ? label
                : "",
            _ when Subscript(path, "metadata.annotations") is { } key => pod.Metadata.Annotations?.TryGetValue(
                key,
                out var note
            ) == true
                ? note
                : "",
            _ => throw new EnvironmentException($"unsupported fieldPath: {path}"),
        };

    // metadata.labels['key']
    private static string? Subscript(string path, string field) =>
        path.StartsWith(field + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? path[(field.Length + 2)..^2]
            : null;

    private async Task<IReadOnlyDictionary<string, string>> AllOfAsync(
        V1Pod pod,
        V1EnvFromSource source,
        CancellationToken cancel
    )
    {
        var (data, optional, what) = source switch
        {
            { ConfigMapRef: { } map } => (
                await ConfigMapAsync(pod, map.Name, cancel),
                map.Optional,
                $"configmap \"{map.Name}\""
            ),
            { SecretRef: { } secret } => (
                await SecretAsync(pod, secret.Name, cancel),
                secret.Optional,
                $"secret \"{secret.Name}\""
            ),
            _ => throw new EnvironmentException("envFrom names neither a ConfigMap nor a Secret"),
        };
        return data
            ?? (
                optional == true
                    ? new Dictionary<string, string>()
                    : throw new EnvironmentException($"{what} not found")
            );
    }

    private static string? Pick(IReadOnlyDictionary<string, string>? data, string key, bool? optional, string what)
    {
        if (data is not null && data.TryGetValue(key, out var value))
        {
            return value;
        }
        return optional == true
            ? null
            : throw new EnvironmentException(data is null ? $"{what} not found" : $"couldn't find key {key} in {what}");
    }

    private async Task<IReadOnlyDictionary<string, string>?> ConfigMapAsync(
        V1Pod pod,
        string name,
        CancellationToken cancel
    ) =>
        await client.FindAsync<V1ConfigMap>(pod.Metadata.NamespaceProperty, name, cancel) is { } map
            ? new Dictionary<string, string>(map.Data ?? new Dictionary<string, string>())
            : null;

    private async Task<IReadOnlyDictionary<string, string>?> SecretAsync(
        V1Pod pod,
        string name,
        CancellationToken cancel
    ) =>
        await client.FindAsync<V1Secret>(pod.Metadata.NamespaceProperty, name, cancel) is { } secret
            ? (secret.Data ?? new Dictionary<string, byte[]>()).ToDictionary(
                entry => entry.Key,
                entry => System.Text.Encoding.UTF8.GetString(entry.Value)
            )
            : null;
}

/// <summary>A container's environment cannot be made; the message is for users.</summary>
internal sealed class EnvironmentException(string message) : Exception(message);
