using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// What Kubernetes says of its built-in fields beyond their types: one row a field. Source: the patchStrategy,
/// patchMergeKey, listType and default markers of k8s.io/api.
/// </summary>
internal static class ModelNotes
{
    private static readonly Dictionary<string, Note> Notes = new()
    {
        ["V1ObjectMeta.ownerReferences"] = new(Merge: "uid", Keys: "uid"),
        ["V1ObjectMeta.finalizers"] = new(Merge: "", Set: true),
        ["V1OwnerReference.apiVersion"] = new(Required: true),
        ["V1OwnerReference.kind"] = new(Required: true),
        ["V1OwnerReference.name"] = new(Required: true),
        ["V1OwnerReference.uid"] = new(Required: true),
        ["V1PodSpec.containers"] = new(Required: true, Merge: "name", Keys: "name"),
        ["V1PodSpec.initContainers"] = new(Merge: "name", Keys: "name"),
        ["V1PodSpec.ephemeralContainers"] = new(Merge: "name", Keys: "name"),
        ["V1PodSpec.imagePullSecrets"] = new(Merge: "name", Keys: "name"),
        ["V1PodSpec.hostAliases"] = new(Merge: "ip", Keys: "ip"),
        ["V1PodSpec.volumes"] = new(Merge: "name", Keys: "name", RetainKeys: true),
        ["V1PodSpec.resourceClaims"] = new(Merge: "name", Keys: "name", RetainKeys: true),
        ["V1PodSpec.topologySpreadConstraints"] = new(Merge: "topologyKey", Keys: "topologyKey,whenUnsatisfiable"),
        ["V1PodSpec.restartPolicy"] = new(Default: "\"Always\"", Enum: "Always,OnFailure,Never"),
        ["V1PodSpec.dnsPolicy"] = new(
            Default: "\"ClusterFirst\"",
            Enum: "ClusterFirst,ClusterFirstWithHostNet,Default,None"
        ),
        ["V1PodSpec.schedulerName"] = new(Default: "\"default-scheduler\""),
        ["V1PodSpec.terminationGracePeriodSeconds"] = new(Default: "30"),
        ["V1PodSpec.enableServiceLinks"] = new(Default: "true"),
        ["V1PodSpec.securityContext"] = new(Default: "{}"),
        ["V1Container.name"] = new(Required: true),
        ["V1Container.env"] = new(Merge: "name", Keys: "name"),
        ["V1Container.ports"] = new(Merge: "containerPort", Keys: "containerPort,protocol"),
        ["V1Container.volumeMounts"] = new(Merge: "mountPath", Keys: "mountPath"),
        ["V1Container.volumeDevices"] = new(Merge: "devicePath", Keys: "devicePath"),
        ["V1Container.terminationMessagePath"] = new(Default: "\"/dev/termination-log\""),
        ["V1Container.terminationMessagePolicy"] = new(Default: "\"File\"", Enum: "File,FallbackToLogsOnError"),
        ["V1Container.resources"] = new(Default: "{}"),
        ["V1Container.imagePullPolicy"] = new(Enum: "Always,IfNotPresent,Never"),
        ["V1EphemeralContainer.env"] = new(Merge: "name", Keys: "name"),
        ["V1EphemeralContainer.volumeMounts"] = new(Merge: "mountPath", Keys: "mountPath"),
        ["V1ContainerPort.protocol"] = new(Default: "\"TCP\"", Enum: "SCTP,TCP,UDP"),
        ["V1EnvVar.name"] = new(Required: true),
        ["V1Volume.name"] = new(Required: true),
        ["V1VolumeMount.name"] = new(Required: true),
        ["V1VolumeMount.mountPath"] = new(Required: true),
        ["V1ConfigMapVolumeSource.defaultMode"] = new(Default: "420"),
        ["V1SecretVolumeSource.defaultMode"] = new(Default: "420"),
        ["V1ProjectedVolumeSource.defaultMode"] = new(Default: "420"),
        ["V1Probe.timeoutSeconds"] = new(Default: "1"),
        ["V1Probe.periodSeconds"] = new(Default: "10"),
        ["V1Probe.successThreshold"] = new(Default: "1"),
        ["V1Probe.failureThreshold"] = new(Default: "3"),
        ["V1HTTPGetAction.scheme"] = new(Default: "\"HTTP\"", Enum: "HTTP,HTTPS"),
        ["V1HTTPGetAction.path"] = new(Default: "\"/\""),
        ["V1PodStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1PodStatus.podIPs"] = new(Merge: "ip", Keys: "ip"),
        ["V1PodStatus.hostIPs"] = new(Merge: "ip"),
        ["V1PodStatus.resourceClaimStatuses"] = new(Merge: "name", Keys: "name", RetainKeys: true),
        ["V1NodeSpec.podCIDRs"] = new(Merge: "", Set: true),
        ["V1NodeStatus.addresses"] = new(Merge: "type", Keys: "type"),
        ["V1NodeStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1NamespaceStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1ServiceSpec.ports"] = new(Merge: "port", Keys: "port,protocol"),
        ["V1ServiceSpec.type"] = new(Default: "\"ClusterIP\"", Enum: "ClusterIP,ExternalName,LoadBalancer,NodePort"),
        ["V1ServiceSpec.sessionAffinity"] = new(Default: "\"None\"", Enum: "ClientIP,None"),
        ["V1ServiceSpec.internalTrafficPolicy"] = new(Default: "\"Cluster\"", Enum: "Cluster,Local"),
        ["V1ServicePort.protocol"] = new(Default: "\"TCP\"", Enum: "SCTP,TCP,UDP"),
        ["V1ServiceStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1ServiceAccount.secrets"] = new(Merge: "name", Keys: "name"),
        ["V1DeploymentSpec.selector"] = new(Required: true),
        ["V1DeploymentSpec.template"] = new(Required: true),
        ["V1DeploymentSpec.replicas"] = new(Default: "1", Minimum: 0),
        ["V1DeploymentSpec.revisionHistoryLimit"] = new(Default: "10", Minimum: 0),
        ["V1DeploymentSpec.progressDeadlineSeconds"] = new(Default: "600"),
        ["V1DeploymentSpec.strategy"] = new(Default: "{}", RetainKeys: true),
        ["V1DeploymentStrategy.type"] = new(Default: "\"RollingUpdate\"", Enum: "Recreate,RollingUpdate"),
        ["V1DeploymentStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1ReplicaSetSpec.selector"] = new(Required: true),
        ["V1ReplicaSetSpec.replicas"] = new(Default: "1", Minimum: 0),
        ["V1ReplicaSetStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1StatefulSetSpec.selector"] = new(Required: true),
        ["V1StatefulSetSpec.template"] = new(Required: true),
        ["V1StatefulSetSpec.replicas"] = new(Default: "1", Minimum: 0),
        ["V1StatefulSetSpec.podManagementPolicy"] = new(Default: "\"OrderedReady\"", Enum: "OrderedReady,Parallel"),
        ["V1StatefulSetSpec.revisionHistoryLimit"] = new(Default: "10"),
        ["V1StatefulSetSpec.updateStrategy"] = new(Default: "{}"),
        ["V1StatefulSetUpdateStrategy.type"] = new(Default: "\"RollingUpdate\"", Enum: "OnDelete,RollingUpdate"),
        ["V1StatefulSetStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1DaemonSetSpec.selector"] = new(Required: true),
        ["V1DaemonSetSpec.template"] = new(Required: true),
        ["V1DaemonSetSpec.revisionHistoryLimit"] = new(Default: "10"),
        ["V1DaemonSetSpec.updateStrategy"] = new(Default: "{}"),
        ["V1DaemonSetUpdateStrategy.type"] = new(Default: "\"RollingUpdate\"", Enum: "OnDelete,RollingUpdate"),
        ["V1DaemonSetStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1JobSpec.template"] = new(Required: true),
        ["V1JobSpec.backoffLimit"] = new(Default: "6"),
        ["V1JobSpec.completions"] = new(Minimum: 0),
        ["V1JobSpec.parallelism"] = new(Minimum: 0),
        ["V1JobSpec.completionMode"] = new(Default: "\"NonIndexed\"", Enum: "Indexed,NonIndexed"),
        ["V1JobSpec.suspend"] = new(Default: "false"),
        ["V1JobStatus.conditions"] = new(Merge: "type"),
        ["V1EndpointSlice.addressType"] = new(Required: true, Enum: "FQDN,IPv4,IPv6"),
        ["V1EndpointSlice.endpoints"] = new(Required: true),
        ["V1EndpointSlice.ports"] = new(Keys: "name"),
        ["V1Endpoint.addresses"] = new(Required: true, Set: true),
        ["Discoveryv1EndpointPort.protocol"] = new(Default: "\"TCP\"", Enum: "SCTP,TCP,UDP"),
        ["Corev1EndpointPort.protocol"] = new(Default: "\"TCP\"", Enum: "SCTP,TCP,UDP"),
        ["V1NetworkPolicyPort.protocol"] = new(Default: "\"TCP\"", Enum: "SCTP,TCP,UDP"),
        ["V1IPBlock.cidr"] = new(Required: true),
        ["V1PodDisruptionBudgetStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1CustomResourceDefinitionStatus.conditions"] = new(Merge: "type", Keys: "type"),
        ["V1CustomResourceDefinitionSpec.group"] = new(Required: true),
        ["V1CustomResourceDefinitionSpec.names"] = new(Required: true),
        ["V1CustomResourceDefinitionSpec.scope"] = new(Required: true, Enum: "Cluster,Namespaced"),
        ["V1CustomResourceDefinitionSpec.versions"] = new(Required: true),
        ["V1CustomResourceDefinitionSpec.conversion"] = new(Default: """{"strategy":"None"}"""),
        ["V1CustomResourceDefinitionNames.kind"] = new(Required: true),
        ["V1CustomResourceDefinitionNames.plural"] = new(Required: true),
        ["V1CustomResourceDefinitionVersion.name"] = new(Required: true),
        ["V1RoleRef.name"] = new(Required: true),
        ["V1RoleRef.kind"] = new(Required: true),
        ["V1ValidatingWebhookConfiguration.webhooks"] = new(Merge: "name", Keys: "name"),
        ["V1MutatingWebhookConfiguration.webhooks"] = new(Merge: "name", Keys: "name"),
    };

    public static void Apply(string model, string property, Schema owner, Schema schema)
    {
        // Init and ephemeral containers are types of their own with the fields of a container.
        var name = model == "V1EphemeralContainer" && !Notes.ContainsKey($"{model}.{property}") ? "V1Container" : model;
        if (!Notes.TryGetValue($"{name}.{property}", out var note))
        {
            return;
        }
        if (note.Required)
        {
            owner.Required.Add(property);
        }
        schema.MergeKey = note.Merge;
        schema.PatchStrategy = (note.Merge, note.RetainKeys) switch
        {
            (null, true) => "retainKeys",
            (not null, true) => "merge,retainKeys",
            (not null, false) => "merge",
            _ => null,
        };
        if (note.Set || note.Keys is not null)
        {
            schema.ListType = note.Set ? "set" : "map";
            schema.ListKeys = note.Keys?.Split(',') ?? [];
        }
        schema.Minimum = note.Minimum;
        schema.Default = note.Default is null ? null : JsonNode.Parse(note.Default);
        schema.Enum = note.Enum is null ? null : [.. note.Enum.Split(',').Select(value => (JsonNode)value)];
    }

    /// <summary>A row: null and false mean that nothing is said.</summary>
    private sealed record Note(
        bool Required = false,
        string? Merge = null,
        string? Keys = null,
        bool Set = false,
        bool RetainKeys = false,
        string? Default = null,
        string? Enum = null,
        double? Minimum = null
    );
}
