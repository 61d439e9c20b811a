using System.Reflection;
using k8s.Models;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The built-in kinds: one row each; names come from the model types' attributes, fields from the types.</summary>
internal static class BuiltInResources
{
    private static readonly string[] All = ["all"];
    private static readonly ScalePaths Replicas = new(
        ["spec", "replicas"],
        ["status", "replicas"],
        ["spec", "selector"]
    );

    /// <param name="definitions">Rules of CustomResourceDefinitions.</param>
    public static IEnumerable<Resource> Read(ModelSchemas schemas, ResourceRules definitions) =>
        Rows(definitions).Select(row => row with { Schema = schemas.Of(row.Model) }).Select(Resource);

    private static IEnumerable<Row> Rows(ResourceRules definitions) =>
        [
            new(typeof(V1Namespace), "ns", Namespaced: false, Status: true)
            {
                Fields = ["status.phase"],
                Rules = NamespaceRules.Rules,
            },
            new(typeof(V1Node), "no", Namespaced: false, Status: true) { Fields = ["spec.unschedulable"] },
            new(typeof(V1Pod), "po", Status: true)
            {
                Categories = All,
                Fields =
                [
                    "spec.nodeName",
                    "spec.restartPolicy",
                    "spec.schedulerName",
                    "spec.serviceAccountName",
                    "spec.hostNetwork",
                    "status.phase",
                    "status.podIP",
                    "status.nominatedNodeName",
                ],
                Rules = PodRules.Rules,
            },
            new(typeof(V1Service), "svc", Status: true)
            {
                Categories = All,
                Fields = ["spec.clusterIP", "spec.type"],
                Rules = ServiceRules.Rules,
            },
            new(typeof(V1Endpoints), "ep"),
            new(typeof(V1ConfigMap), "cm"),
            new(typeof(V1Secret), "") { Fields = ["type"], Rules = SecretRules.Rules },
            new(typeof(V1ServiceAccount), "sa"),
            new(typeof(Corev1Event), "ev")
            {
                Fields =
                [
                    "involvedObject.kind",
                    "involvedObject.namespace",
                    "involvedObject.name",
                    "involvedObject.uid",
                    "involvedObject.apiVersion",
                    "involvedObject.resourceVersion",
                    "involvedObject.fieldPath",
                    "reason",
                    "reportingComponent",
                    "source",
                    "type",
                ],
            },
            new(typeof(Eventsv1Event), "ev")
            {
                Fields =
                [
                    "reason",
                    "type",
                    "reportingController",
                    "regarding.kind",
                    "regarding.namespace",
                    "regarding.name",
                    "regarding.uid",
                ],
                View = EventView.View,
            },
            new(typeof(V1LimitRange), "limits"),
            new(typeof(V1ResourceQuota), "quota", Status: true),
            new(typeof(V1Deployment), "deploy", Status: true)
            {
                Categories = All,
                Scale = Replicas,
                Rules = WorkloadRules.Rules,
            },
            new(typeof(V1ReplicaSet), "rs", Status: true)
            {
                Categories = All,
                Scale = Replicas,
                Fields = ["status.replicas"],
                Rules = WorkloadRules.Rules,
            },
            new(typeof(V1StatefulSet), "sts", Status: true)
            {
                Categories = All,
                Scale = Replicas,
                Rules = WorkloadRules.Rules,
            },
            new(typeof(V1DaemonSet), "ds", Status: true) { Categories = All, Rules = WorkloadRules.Rules },
            new(typeof(V1ControllerRevision), ""),
            new(typeof(V1Job), "", Status: true)
            {
                Categories = All,
                Fields = ["status.successful"],
                Rules = JobRules.Rules,
            },
            new(typeof(V1Lease), ""),
            new(typeof(V1EndpointSlice), ""),
            new(typeof(V1NetworkPolicy), "netpol") { Rules = new() { Generation = true } },
            new(typeof(V1PodDisruptionBudget), "pdb", Status: true) { Rules = new() { Generation = true } },
            new(typeof(V1Role), "") { Rules = RoleRules },
            new(typeof(V1RoleBinding), "") { Rules = RoleRules },
            new(typeof(V1ClusterRole), "", Namespaced: false) { Rules = RoleRules },
            new(typeof(V1ClusterRoleBinding), "", Namespaced: false) { Rules = RoleRules },
            new(typeof(V1PriorityClass), "pc", Namespaced: false),
            new(typeof(V1ValidatingWebhookConfiguration), "", Namespaced: false)
            {
                Rules = new() { Generation = true },
            },
            new(typeof(V1MutatingWebhookConfiguration), "", Namespaced: false) { Rules = new() { Generation = true } },
            new(typeof(V1CustomResourceDefinition), "crd,crds", Namespaced: false, Status: true)
            {
                Categories = ["api-extensions"],
                Rules = definitions,
            },
            new(typeof(V1TokenReview), "", Namespaced: false) { Review = Reviews.Token, Plural = "tokenreviews" },
            new(typeof(V1SelfSubjectReview), "", Namespaced: false)
            {
                Review = Reviews.Self,
                Plural = "selfsubjectreviews",
            },
            new(typeof(V1SubjectAccessReview), "", Namespaced: false)
            {
                Review = Reviews.SubjectAccess,
                Plural = "subjectaccessreviews",
            },
            new(typeof(V1LocalSubjectAccessReview), "")
            {
                Review = Reviews.SubjectAccess,
                Plural = "localsubjectaccessreviews",
            },
            new(typeof(V1SelfSubjectAccessReview), "", Namespaced: false)
            {
                Review = Reviews.SelfSubjectAccess,
                Plural = "selfsubjectaccessreviews",
            },
            new(typeof(V1SelfSubjectRulesReview), "", Namespaced: false)
            {
                Review = Reviews.SelfSubjectRules,
                Plural = "selfsubjectrulesreviews",
            },
        ];

    private static readonly ResourceRules RoleRules = new() { Names = NameStyle.PathSegment };

    private static Resource Resource(Row row)
    {
        var names =
            row.Model.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{row.Model} names no kind");
        return new Resource
        {
            Group = names.Group,
            Version = names.ApiVersion,
            StorageVersion = names.ApiVersion,
            Kind = names.Kind,
            Plural = row.Plural ?? names.PluralName,
            Singular = names.Kind.ToLowerInvariant(),
            ShortNames = row.ShortNames.Length == 0 ? [] : row.ShortNames.Split(','),
            Categories = row.Categories,
            Namespaced = row.Namespaced,
            Schema = row.Schema!, // set by Read
            HasStatus = row.Status,
            Scale = row.Scale,
            SelectableFields = row.Fields,
            Rules = row.Rules,
            View = row.View,
            Review = row.Review,
            Columns = BuiltInColumns.Of(names.Kind, names.Group),
        };
    }

    private sealed record Row(Type Model, string ShortNames, bool Namespaced = true, bool Status = false)
    {
        public Schema? Schema { get; init; }
        public string? Plural { get; init; }
        public string[] Categories { get; init; } = [];
        public string[] Fields { get; init; } = [];
        public ScalePaths? Scale { get; init; }
        public ResourceRules Rules { get; init; } = ResourceRules.None;
        public ResourceView? View { get; init; }
        public Func<ReviewRequest, System.Text.Json.Nodes.JsonObject>? Review { get; init; }
    }
}
