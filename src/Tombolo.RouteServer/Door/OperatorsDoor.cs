using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tombolo.Api.Door;
using Tombolo.RouteServer.Model;
using Tombolo.RouteServer.Streams;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Door;

/// <summary>Operators' questions over HTTPS: what this server knows, and what it asks agents over their streams.</summary>
internal static class OperatorsDoor
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void MapDoor(this IEndpointRouteBuilder root, ModelLoop model, ServerIdentity self)
    {
        // Agents' port speaks HTTP too, in clear text: the door is not there.
        var app = root.MapGroup("")
            .AddEndpointFilter(
                async (call, next) => call.HttpContext.Request.IsHttps ? await next(call) : Results.NotFound()
            );
        // A handler that takes the HttpContext alone would be a RequestDelegate, whose result nobody writes.
        app.MapGet(
            "/v1/status",
            async (CancellationToken cancel) =>
                Results.Json(await model.AskAsync(loop => Status(loop, self), cancel), Json)
        );
        app.MapGet(
            "/v1/nodes/{node}/dump",
            (string node, string? vrf, CancellationToken cancel) => DumpAsync(model, node, vrf ?? "", cancel)
        );
        app.MapGet(
            "/v1/drops",
            async (HttpContext call, string? node, string? vrf, bool? follow) =>
            {
                var drops = new DropsAnswer(model, node, vrf ?? "", follow == true);
                await drops.WriteAsync(call.Response, call.RequestAborted);
                return Results.Empty;
            }
        );
    }

    private static ServerStatus Status(ModelLoop model, ServerIdentity self) =>
        new(
            self.Name,
            model.Synced,
            model.Version,
            [
                .. model
                    .Nodes.OrderBy(node => node.Key)
                    .Select(node => new NodeStatus(
                        node.Key.Name,
                        node.Key.Cluster,
                        node.Value.IsReady,
                        node.Value.Session is not null,
                        node.Value.Session?.Acknowledged ?? 0,
                        node.Value.Session?.Told ?? 0,
                        node.Value.LastHello?.Version ?? "",
                        node.Value.Session?.Warnings ?? [],
                        node.Value.Session?.Errors ?? []
                    )),
            ]
        );

    private static async Task<IResult> DumpAsync(ModelLoop model, string node, string vrf, CancellationToken cancel)
    {
        var session = await model.AskAsync(loop => Find(loop, node), cancel);
        if (session is null)
        {
            return Results.Json(
                new DoorError($"no agent of node {node} is connected"),
                Json,
                statusCode: StatusCodes.Status404NotFound
            );
        }
        try
        {
            var answer = await session.AskAsync(new Wire.Question { Dump = new Wire.NodeDump { Vrf = vrf } }, cancel);
            return answer.Error.Length > 0
                ? Results.Json(
                    new DoorError($"node {node}: {answer.Error}"),
                    Json,
                    statusCode: StatusCodes.Status502BadGateway
                )
                : Results.Bytes(answer.Json.ToByteArray(), "application/json");
        }
        catch (Exception silent) when (silent is TimeoutException or ChannelClosedException)
        {
            return Results.Json(
                new DoorError($"the agent of node {node} does not answer"),
                Json,
                statusCode: StatusCodes.Status504GatewayTimeout
            );
        }
    }

    private static NodeSession? Find(ModelLoop model, string node) =>
        model.Nodes.FirstOrDefault(one => one.Key.Name == node || one.Key.ToString() == node).Value?.Session;
}
