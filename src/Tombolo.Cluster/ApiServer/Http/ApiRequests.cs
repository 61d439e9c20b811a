using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The door: every request is known by its sender, allowed, and sent on to who answers it.</summary>
internal sealed partial class ApiRequests(
    ObjectVerbs verbs,
    Authentication authentication,
    ResourceRequests resources,
    Discovery discovery,
    OpenApi openApi,
    ILogger log
)
{
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (ApiError error) when (!context.Response.HasStarted)
        {
            await Answer.ErrorAsync(context, error);
        }
        catch (StorageException error) when (!context.Response.HasStarted)
        {
            await Answer.ErrorAsync(
                context,
                new ApiError(500, "InternalError", $"Internal error occurred: {error.Message}")
            );
        }
        catch (Exception error) when (error is OperationCanceledException or BadHttpRequestException or IOException)
        {
            // The client went away or sent no HTTP: nobody is left to tell.
            context.Abort();
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            LogBroken(log, context.Request.Method, context.Request.Path, error);
            await Answer.ErrorAsync(
                context,
                new ApiError(500, "InternalError", $"Internal error occurred: {error.Message}")
            );
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (
            path is "/livez" or "/readyz" or "/healthz"
            || path.StartsWith("/livez/", StringComparison.Ordinal)
            || path.StartsWith("/readyz/", StringComparison.Ordinal)
        )
        {
            await Answer.TextAsync(context, "ok");
            return;
        }
        if (path == "/version")
        {
            await Answer.JsonAsync(context, ServerVersion.Document());
            return;
        }
        var user =
            await authentication.IdentifyAsync(context) ?? throw new ApiError(401, "Unauthorized", "Unauthorized");
        var found = ApiPath.Read(path);
        if (found is null || Served(found) is not { } resource)
        {
            if (HttpMethods.IsGet(context.Request.Method) && await ReadOnlyAsync(context, path))
            {
                return;
            }
            throw ApiError.NoSuchPath();
        }
        Authorize(context, user, found, resource);
        await resources.AnswerAsync(context, resource, found, user);
    }

    private async Task<bool> ReadOnlyAsync(HttpContext context, string path) =>
        path.StartsWith("/openapi/", StringComparison.Ordinal)
            ? await openApi.TryAnswerAsync(context, path)
            : await discovery.TryAnswerAsync(context, path);

    private Resource? Served(ApiPath path)
    {
        var resource = verbs.Registry.Current.Find(path.Group, path.Version, path.Plural);
        // A cluster-scoped kind is not found under a namespace, nor one object of a namespaced kind outside of one.
        return resource switch
        {
            null => null,
            { Namespaced: false } => path.Namespace.Length == 0 ? resource : null,
            _ => path.Namespace.Length == 0 && path.Name.Length > 0 ? null : resource,
        };
    }

    private static void Authorize(HttpContext context, User user, ApiPath path, Resource resource)
    {
        if (
            user.MayDoAll
            || resource.Plural is "selfsubjectaccessreviews" or "selfsubjectreviews" or "selfsubjectrulesreviews"
        )
        {
            return;
        }
        throw ApiError.Forbidden(
            resource,
            path.Name,
            $"User \"{user.Name}\" cannot {context.Request.Method.ToLowerInvariant()} resource \"{path.Plural}\" in API"
                + $" group \"{path.Group}\": roles are not evaluated yet, only the group {User.Masters} is allowed"
        );
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} broke; the answer was 500")]
    private static partial void LogBroken(ILogger log, string method, string path, Exception error);
}
