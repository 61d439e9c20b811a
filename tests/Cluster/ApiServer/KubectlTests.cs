using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>What a person does with kubectl.</summary>
public class KubectlTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly Kubectl kubectl = new(server);

    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: c, image: nginx, ports: [{containerPort: 80}]}
              - {name: side, image: pause}
        """;

    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.kubectl.example.com}
        spec:
          group: kubectl.example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [shop]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
            additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
            schema:
              openAPIV3Schema:
                type: object
                description: A widget is a thing.
                properties:
                  spec: {type: object, description: What is wanted., properties: {size: {type: integer, maximum: 9, description: How large.}, replicas: {type: integer}}}
                  status: {type: object, properties: {ready: {type: boolean}, replicas: {type: integer}, conditions: {type: array, items: {type: object, properties: {type: {type: string}, status: {type: string}}}}}}
        ---
        """;

    private async Task<string> NamespaceAsync()
    {
        Kubectl.SkipUnlessInstalled();
        return await server.MakeNamespaceAsync();
    }

    [Fact]
    public async Task Applies_shows_changes_and_deletes_a_deployment()
    {
        var space = await NamespaceAsync();
        Task<string> Run(string arguments, string? input = null, string? editor = null) =>
            kubectl.RunAsync($"-n {space} {arguments}", input, editor);
        Assert.Equal("deployment.apps/web created\n", await Run("apply -f -", Web));
        Assert.Equal("deployment.apps/web unchanged\n", await Run("apply -f -", Web));
        Assert.Equal(
            "deployment.apps/web configured\n",
            await Run("apply -f -", Web.Replace("nginx", "caddy").Replace("      - {name: side, image: pause}", ""))
        );
        Assert.Equal("caddy", await Run("get deploy web -o jsonpath='{.spec.template.spec.containers[*].image}'"));
        Assert.Matches(
            @"NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0/2 +0 +0 +\d+s\n",
            await Run("get deployments")
        );
        Assert.Matches("CONTAINERS +IMAGES +SELECTOR", await Run("get deploy -o wide"));
        Assert.Equal("deployment.apps/web scaled\n", await Run("scale deploy web --replicas 3"));
        Assert.Equal("deployment.apps/web labeled\n", await Run("label deploy web tier=front"));
        Assert.Equal("deployment.apps/web annotated\n", await Run("annotate deploy web note=x"));
        Assert.Equal("deployment.apps/web edited\n", await Run("edit deploy web", editor: "sed -i s/caddy/httpd/"));
        Assert.Equal(
            "deployment.apps/web patched\n",
            await Run(
                """patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"new","image":"x"}]}}}}'"""
            )
        );
        Assert.Equal(
            "deployment.apps/web patched\n",
            await Run("""patch deploy web --type json -p '[{"op":"remove","path":"/metadata/annotations/note"}]'""")
        );
        Assert.Equal(
            "deployment.apps/web patched\n",
            await Run("""patch deploy web --type merge -p '{"spec":{"paused":true}}'""")
        );
        Assert.Equal(
            "front httpd x 3 true",
            await Run(
                "get deploy web -o jsonpath='{.metadata.labels.tier} {.spec.template.spec.containers[*].image} {.spec.replicas} {.spec.paused}'"
            )
        );
        var described = await Run("describe deploy web");
        Assert.Contains("Replicas:               3 desired | 0 updated", described);
        Assert.Contains("RollingUpdateStrategy:  25% max unavailable, 25% max surge", described);
        const string Done =
            """{"status":{"observedGeneration":99,"replicas":3,"updatedReplicas":3,"readyReplicas":3,"availableReplicas":3,"conditions":[{"type":"Available","status":"True"}]}}""";
        await Run($"patch deploy web --subresource status --type merge -p '{Done}'");
        Assert.Contains("condition met", await Run("wait deploy web --for condition=Available --timeout 5s"));
        Assert.Contains("successfully rolled out", await Run("rollout status deploy web --timeout 5s"));
        Assert.Equal("deployment.apps \"web\" deleted\n", await Run("delete deploy web"));
        Assert.Contains("No resources found", await Run("get deploy"));
    }

    [Fact]
    public async Task Creates_by_its_own_generators_in_protobuf()
    {
        var space = await NamespaceAsync();
        Assert.Equal(
            "configmap/c created\n",
            await kubectl.RunAsync($"-n {space} create configmap c --from-literal=a=1")
        );
        Assert.Equal("1", await kubectl.RunAsync($"-n {space} get cm c -o jsonpath='{{.data.a}}'"));
        Assert.Equal(
            "secret/s created\n",
            await kubectl.RunAsync($"-n {space} create secret generic s --from-literal=a=1")
        );
        Assert.Equal("MQ==", await kubectl.RunAsync($"-n {space} get secret s -o jsonpath='{{.data.a}}'"));
        Assert.Equal(
            "deployment.apps/d created\n",
            await kubectl.RunAsync($"-n {space} create deployment d --image=x --replicas=0 --port=80")
        );
        var shown = await kubectl.RunAsync(
            $"-n {space} get deploy d -o jsonpath='{{.spec.replicas}} {{.spec.strategy.type}} {{.spec.template.spec.containers[0].ports[0]}}'"
        );
        Assert.Equal("""0 RollingUpdate {"containerPort":80,"protocol":"TCP"}""", shown);
        Assert.Equal("service/d exposed\n", await kubectl.RunAsync($"-n {space} expose deploy d --target-port=http"));
        Assert.Equal(
            "http",
            await kubectl.RunAsync($"-n {space} get svc d -o jsonpath='{{.spec.ports[0].targetPort}}'")
        );
        Assert.Equal("yes\n", await kubectl.RunAsync("auth can-i create pods"));
        Assert.Contains("admin", await kubectl.RunAsync("auth whoami"));
    }

    [Fact]
    public async Task Serves_custom_kinds_from_the_moment_they_are_defined()
    {
        var space = await NamespaceAsync();
        await kubectl.RunAsync("apply -f -", Definition);
        await kubectl.RunAsync("wait crd widgets.kubectl.example.com --for condition=Established --timeout 5s");
        string Widget(string spec) =>
            $"{{apiVersion: kubectl.example.com/v1, kind: Widget, metadata: {{name: a, namespace: {space}}}, spec: {{{spec}}}}}";
        Assert.Equal("widget.kubectl.example.com/a created\n", await kubectl.RunAsync("apply -f -", Widget("size: 3")));
        Assert.Matches(@"NAME +SIZE\na +3\n", await kubectl.RunAsync($"-n {space} get wd"));
        Assert.Equal("widget.kubectl.example.com/a\n", await kubectl.RunAsync($"-n {space} get shop -o name"));
        var (code, error) = await kubectl.TryAsync("apply -f -", Widget("size: 10"));
        Assert.Equal(1, code);
        Assert.Contains("spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9", error);
        (code, error) = await kubectl.TryAsync("apply -f -", Widget("size: 3, sise: 4"));
        Assert.Equal(1, code);
        Assert.Contains("unknown field \"spec.sise\"", error);
        Assert.Equal(
            "widget.kubectl.example.com/a scaled\n",
            await kubectl.RunAsync($"-n {space} scale wd a --replicas 4")
        );
        Assert.Equal("2", await kubectl.RunAsync($"-n {space} get wd a -o jsonpath='{{.metadata.generation}}'"));
        var explained = await kubectl.RunAsync("explain widget.spec");
        Assert.Matches(@"GROUP: +kubectl.example.com\nKIND: +Widget\nVERSION: +v1", explained);
        Assert.Contains("What is wanted.", explained);
        Assert.Matches(@"size\t<integer>\n +How large\.", explained);
        Assert.Contains("Kind:         Widget", await kubectl.RunAsync($"-n {space} describe wd a"));
        await kubectl.RunAsync("delete crd widgets.kubectl.example.com --timeout 10s");
        Assert.Equal(1, (await kubectl.TryAsync($"-n {space} get widgets")).Code);
    }

    [Fact]
    public async Task Explains_and_lists_the_built_in_kinds()
    {
        Kubectl.SkipUnlessInstalled();
        var explained = await kubectl.RunAsync("explain pod.spec.containers.ports");
        Assert.Contains("FIELD: ports <[]ContainerPort>", explained);
        Assert.Matches(
            @"containerPort\t<integer> -required-\n +Number of port to expose on the pod's IP address",
            explained
        );
        var kinds = await kubectl.RunAsync("api-resources");
        Assert.Matches("pods +po +v1 +true +Pod", kinds);
        Assert.Matches("deployments +deploy +apps/v1 +true +Deployment", kinds);
        Assert.Contains("apps/v1", await kubectl.RunAsync("api-versions"));
        Assert.Contains("Server Version: v1.33.0", await kubectl.RunAsync("version"));
        Assert.Matches("default +Active", await kubectl.RunAsync("get ns"));
    }

    [Fact]
    public async Task Reads_logs_and_execs_through_the_nodes_kubelet()
    {
        var space = await NamespaceAsync();
        await using var kubelet = await FakeKubelet.StartAsync();
        var node =
            $"{{\"metadata\":{{\"name\":\"knode\"}},\"status\":{{\"addresses\":[{{\"type\":\"InternalIP\",\"address\":\"127.0.0.1\"}}],\"daemonEndpoints\":{{\"kubeletEndpoint\":{{\"Port\":{kubelet.Port}}}}}}}}}";
        (await server.PostAsync("/api/v1/nodes", node)).Expect(201);
        (await server.MergeAsync("/api/v1/nodes/knode/status", node)).Expect(200);
        var pod = """{"metadata":{"name":"p"},"spec":{"nodeName":"knode","containers":[{"name":"c","image":"i"}]}}""";
        (await server.PostAsync($"/api/v1/namespaces/{space}/pods", pod)).Expect(201);
        Assert.StartsWith($"log of /containerLogs/{space}/p/c?", await kubectl.RunAsync($"-n {space} logs p"));
        Assert.Equal("ls -l:\n", await kubectl.RunAsync($"-n {space} exec p -- ls -l"));
        Assert.Equal("cat:some input\n", await kubectl.RunAsync($"-n {space} exec -i p -- cat", "some input"));
        Assert.Contains("pod/p condition met", await RunAndMakeReadyAsync(space));
        Assert.Matches("p +0/1 +Running", await kubectl.RunAsync($"-n {space} get pods"));
        Assert.Matches("Status: +Running", await kubectl.RunAsync($"-n {space} describe pod p"));
        Assert.Contains("Non-terminated Pods:", await kubectl.RunAsync("describe node knode"));
        Assert.Contains("force deleted", await kubectl.RunAsync($"-n {space} delete pod p --force --grace-period=0"));
    }

    /// <summary>A wait that begins before what it waits for.</summary>
    private async Task<string> RunAndMakeReadyAsync(string space)
    {
        var waiting = kubectl.RunAsync($"-n {space} wait pod p --for condition=Ready --timeout 10s");
        const string Ready = """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""";
        (await server.MergeAsync($"/api/v1/namespaces/{space}/pods/p/status", Ready)).Expect(200);
        return await waiting;
    }

    [Fact]
    public async Task Deletes_a_namespace_with_all_in_it()
    {
        var space = await NamespaceAsync();
        await kubectl.RunAsync($"-n {space} create configmap c");
        Assert.Equal($"namespace \"{space}\" deleted\n", await kubectl.RunAsync($"delete ns {space} --timeout 10s"));
        Assert.Equal(1, (await kubectl.TryAsync($"get ns {space}")).Code);
    }
}
