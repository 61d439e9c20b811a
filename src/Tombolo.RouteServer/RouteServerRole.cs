using System.Net;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Kube;
using Tombolo.RouteServer.Door;
using Tombolo.RouteServer.Model;
using Tombolo.RouteServer.Status;
using Tombolo.RouteServer.Streams;

namespace Tombolo.RouteServer;

/// <summary>The route server process: watches → model → streams, and the operators' door.</summary>
public sealed class RouteServerRole(KubeApi api, RouteServerOptions options, ILoggerFactory logs)
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancel)
    {
        var log = logs.CreateLogger("routeserver");
        var self = new ServerIdentity(options.Name);
        var writer = new StatusWriter(api, new EventRecorder(api, "tombolo-routeserver", log), log);
        var programmed = new Programmed(api.Time, writer);
        using var metrics = new ModelMetrics();
        var model = new ModelLoop(api.Time, programmed, metrics, log);
        var informers = Watch(model, programmed, log);
        using var certificate = DoorCertificate.Make(options.Name, api.Time.GetUtcNow());

        await using var app = Build(model, self, certificate);
        await app.StartAsync(cancel);
        var lease = new ServerLease(
            api,
            self,
            options.DoorUrl.ToString(),
            DoorCertificate.Fingerprint(certificate),
            log
        );
        var status = new LeaderLease(api, "kube-system", "tombolo-status", options.Name, log);
        var running = informers.Select(informer => informer.RunAsync(cancel)).ToList();
        running.Add(model.RunAsync(cancel));
        running.Add(lease.RunAsync(cancel));
        running.Add(status.RunAsync(writer.RunAsync, cancel));
        await Task.WhenAll(informers.Select(informer => informer.Synced)).WaitAsync(cancel);
        model.Post(new ModelLoop.ListsComplete());
        await await Task.WhenAny(running); // none ends by itself: the first to end says what broke
    }

    private List<IInformer> Watch(ModelLoop model, Programmed programmed, ILogger log)
    {
        var namespaces = new Informer<V1Namespace>(api, log);
        namespaces.Changed += (old, now) =>
            model.Post(
                new ModelLoop.Changed(fabric =>
                {
                    if (now is null)
                    {
                        fabric.RemoveNamespace(old!.Metadata.Name);
                    }
                    else
                    {
                        fabric.PutNamespace(now.Metadata.Name, now.Metadata.Labels);
                    }
                })
            );
        var pods = new Informer<V1Pod>(api, log);
        pods.Changed += (old, now) =>
        {
            var pod = (now ?? old)!;
            var name = new ObjectName(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            model.Post(
                new ModelLoop.Changed(fabric =>
                {
                    if (now is null)
                    {
                        fabric.RemovePod(name);
                    }
                    else
                    {
                        fabric.Put(name, Fabric.Fabric.FactsOf(now));
                    }
                })
            );
        };
        var networks = new Informer<VirtualNetwork>(api, log);
        networks.Changed += (old, now) =>
            Post(model, now, fabric => fabric.RemoveNetwork(old!.ObjectName()), (fabric, it) => fabric.Put(it));
        var subnets = new Informer<Subnet>(api, log);
        subnets.Changed += (old, now) =>
            Post(model, now, fabric => fabric.RemoveSubnet(old!.ObjectName()), (fabric, it) => fabric.Put(it));
        var routers = new Informer<VirtualNetworkRouter>(api, log);
        routers.Changed += (old, now) =>
            Post(model, now, fabric => fabric.RemoveRouter(old!.ObjectName()), (fabric, it) => fabric.Put(it));
        var grants = new Informer<RouteTargetGrant>(api, log);
        grants.Changed += (old, now) =>
            Post(model, now, fabric => fabric.RemoveGrant(old!.Metadata.Name), (fabric, it) => fabric.Put(it));
        var interfaces = new Informer<NetworkInterface>(api, log);
        interfaces.Changed += (old, now) =>
            Post(
                model,
                now,
                fabric => fabric.RemoveInterface(old!.ObjectName()),
                (fabric, it) =>
                {
                    fabric.Put(it);
                    if (it.Metadata.DeletionTimestamp is not null)
                    {
                        programmed.Touch(it.Metadata.Uid);
                    }
                }
            );
        var configs = new Informer<FabricConfig>(api, log);
        configs.Changed += (_, now) =>
        {
            if ((now?.Metadata.Name ?? "default") == "default")
            {
                model.Post(new ModelLoop.Configured(now));
            }
        };
        var nodes = new Informer<V1Node>(api, log);
        nodes.Changed += (old, now) => model.Post(new ModelLoop.NodeObject((now ?? old)!.Metadata.Name, now));
        return [configs, namespaces, nodes, networks, subnets, routers, grants, pods, interfaces];
    }

    private static void Post<T>(ModelLoop model, T? now, Action<Fabric.Fabric> remove, Action<Fabric.Fabric, T> put)
        where T : class =>
        model.Post(
            new ModelLoop.Changed(fabric =>
            {
                if (now is null)
                {
                    remove(fabric);
                }
                else
                {
                    put(fabric, now);
                }
            })
        );

    private WebApplication Build(
        ModelLoop model,
        ServerIdentity self,
        System.Security.Cryptography.X509Certificates.X509Certificate2 certificate
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton(self);
        builder.Services.AddSingleton<EntryCodec>();
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A node that vanished without a word is noticed within two pings.
            kestrel.Limits.Http2.KeepAlivePingDelay = Ping;
            kestrel.Limits.Http2.KeepAlivePingTimeout = Ping;
            kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http2);
            void Door(ListenOptions listen) => listen.UseHttps(certificate);
            if (options.DoorSocket is { } socket)
            {
                kestrel.ListenHandle(socket, Door);
            }
            else
            {
                kestrel.Listen(IPAddress.Loopback, options.DoorUrl.Port, Door);
            }
        });
        var app = builder.Build();
        app.MapGrpcService<NodeStreamEndpoint>();
        app.MapDoor(model, self);
        return app;
    }
}
