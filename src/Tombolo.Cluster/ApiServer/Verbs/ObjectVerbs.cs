using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Create, update and delete as Kubernetes means them, over the store. Reads go to the store itself.</summary>
internal sealed partial class ObjectVerbs(ObjectStore store, ResourceRegistry registry, TimeProvider time)
{
    // Without vowels and look-alikes, as kube-apiserver's rand.String: no words come out.
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    // A change that must be made on whatever is current is tried again as others win; each round waits for a commit.
    private const int MostRounds = 100;

    public ObjectStore Store => store;

    public ResourceRegistry Registry => registry;

    public TimeProvider Time => time;

    /// <summary>The object as the resource's shape has it.</summary>
    /// <exception cref="ApiError">404.</exception>
    public StoredObject Get(Resource resource, ObjectKey key) =>
        store.Find(resource.StorageKind, key) ?? throw ApiError.NotFound(resource, key.Name);

    /// <exception cref="ApiError">400, 403, 404, 409 or 422.</exception>
    public async Task<StoredObject> CreateAsync(
        Resource resource,
        string space,
        JsonObject item,
        WriteOptions options,
        CancellationToken cancel
    )
    {
        if (resource.Ending)
        {
            throw new ApiError(
                405,
                "MethodNotAllowed",
                "create not allowed while custom resource definition is terminating"
            );
        }
        CheckKind(resource, item);
        CheckNamespace(resource, space, item);
        if (item.Text("metadata", "resourceVersion") is { Length: > 0 })
        {
            throw ApiError.BadRequest("resourceVersion should not be set on objects to be created");
        }
        var generated = Begin(resource, space, item);
        if (resource.HasStatus)
        {
            item.Remove("status");
        }
        Admission.Admit(resource, item, null, options);
        options.Applied?.WriteTo(item);
        var key = new ObjectKey(space, item.Text("metadata", "name") ?? "");
        CheckNamespaceOpen(resource, key);
        var stored = Shapes.ToStored(resource, item);
        if (options.DryRun)
        {
            return store.Find(resource.StorageKind, key) is null
                ? new StoredObject(resource.StorageKind, key, 0, JsonText.Write(stored))
                : throw ApiError.AlreadyExists(resource, key.Name);
        }
        var checks = resource.Namespaced ? WriteChecks.NamespaceOpen : WriteChecks.None;
        var result = await store.WriteAsync(new Write(resource.StorageKind, key, 0, stored, false, checks), cancel);
        return result.Outcome switch
        {
            WriteOutcome.Committed => result.Object!, // a commit has its object
            WriteOutcome.NamespaceMissing => throw ApiError.NamespaceNotFound(space),
            WriteOutcome.NamespaceTerminating => throw Terminating(resource, key),
            _ when generated => throw new ApiError(
                409,
                "AlreadyExists",
                $"{resource.Qualified} \"{key.Name}\" already exists, the server was not able to generate a unique name"
            ),
            _ => throw ApiError.AlreadyExists(resource, key.Name),
        };
    }

    /// <summary>Sets what a new object has from its first moment; true if its name was made up.</summary>
    private bool Begin(Resource resource, string space, JsonObject item)
    {
        var metadata = item.Metadata();
        var generate = metadata.Text("generateName");
        var generated = string.IsNullOrEmpty(metadata.Text("name")) && !string.IsNullOrEmpty(generate);
        if (generated)
        {
            var room = resource.Rules.Names == NameStyle.Subdomain ? 248 : 58; // with five letters: 253, 63
            var stem = generate!.Length > room ? generate[..room] : generate; // generated says it is there
            metadata["name"] = stem + RandomNumberGenerator.GetString(SuffixLetters, 5);
        }
        else if (string.IsNullOrEmpty(metadata.Text("name")))
        {
            throw ApiError.Invalid(
                resource,
                "",
                [FieldError.Required("metadata.name", "name or generateName is required")]
            );
        }
        foreach (var field in ServerFields)
        {
            metadata.Remove(field);
        }
        if (resource.Namespaced)
        {
            metadata["namespace"] = space;
        }
        else
        {
            metadata.Remove("namespace");
        }
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.GetUtcNow().Shown();
        if (resource.Rules.Generation || resource.Custom)
        {
            metadata["generation"] = 1;
        }
        return generated;
    }

    private static readonly string[] ServerFields =
    [
        "resourceVersion",
        "selfLink",
        "managedFields",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
    ];

    private static void CheckKind(Resource resource, JsonObject item)
    {
        var (version, kind) = (item.Text("apiVersion"), item.Text("kind"));
        if (string.IsNullOrEmpty(kind) && string.IsNullOrEmpty(version))
        {
            (item["apiVersion"], item["kind"]) = (resource.ApiVersion, resource.Kind);
            return;
        }
        if (kind != resource.Kind || version != resource.ApiVersion)
        {
            throw ApiError.BadRequest(
                $"the object provided ({version}, Kind={kind}) does not match the expected kind"
                    + $" ({resource.ApiVersion}, Kind={resource.Kind})"
            );
        }
    }

    private static void CheckNamespace(Resource resource, string space, JsonObject item)
    {
        if (item["metadata"] is not (null or JsonObject))
        {
            throw ApiError.BadRequest("metadata is no object");
        }
        var given = item.Text("metadata", "namespace");
        if (resource.Namespaced && !string.IsNullOrEmpty(given) && given != space)
        {
            throw ApiError.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            );
        }
    }

    /// <summary>For a clear answer early; the writer checks it again when it counts.</summary>
    private void CheckNamespaceOpen(Resource resource, ObjectKey key)
    {
        if (!resource.Namespaced)
        {
            return;
        }
        var home = store.Find("namespaces", new ObjectKey("", key.Namespace));
        if (home is null)
        {
            throw ApiError.NamespaceNotFound(key.Namespace);
        }
        if (home.Terminating)
        {
            throw Terminating(resource, key);
        }
    }

    private static ApiError Terminating(Resource resource, ObjectKey key) =>
        ApiError.Forbidden(
            resource,
            key.Name,
            $"unable to create new content in namespace {key.Namespace} because it is being terminated"
        );
}
