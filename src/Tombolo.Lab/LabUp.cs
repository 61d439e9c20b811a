using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Lab.Api;
using Tombolo.Lab.Processes;
using Tombolo.Lab.Reach;
using Tombolo.Lab.Supervision;
using Tombolo.Linux;

namespace Tombolo.Lab;

/// <summary>Starts a lab, or heals one of which something was killed; all that is right already is left as it is.</summary>
public sealed class LabUp(LabPlace place, LabUpOptions options, Progress progress, TextWriter output)
{
    private const string NodeLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

    // Generous: a small machine that builds something at the same time.
    private static readonly TimeSpan ApiWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    /// <returns>Whether reach is as the networks want it; true for an empty lab.</returns>
    /// <exception cref="LabException">Something is missing or did not come up.</exception>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        Requirements.Check(place.Checkout, options.Product);
        Directory.CreateDirectory(place.Run);
        using var held =
            Files.TryLock(place.CommandLock)
            ?? throw new LabException($"another up or down of lab '{place.Name}' is at work");
        var spec = Spec();
        await StartAsync(spec, cancel);
        using var api = await ApiAsync(cancel);
        if (options.Product)
        {
            await DefineAsync(api, cancel);
        }
        await NodesAsync(api, spec, cancel);
        if (options.Empty)
        {
            output.WriteLine($"lab '{place.Name}' is up\n{HowToGoOn()}");
            return true;
        }
        return await ExampleAsync(api, cancel);
    }

    private LabSpec Spec()
    {
        var old = LabSpec.Read(place);
        var spec = new LabSpec(
            options.Nodes ?? old?.Nodes ?? 3,
            options.Zones ?? old?.Zones ?? [],
            old?.ApiPort ?? 0,
            old?.DoorPort ?? 0,
            options.Product
        );
        if (spec.Nodes is < 1 or > LabSpec.MostNodes)
        {
            throw new LabException($"--nodes {spec.Nodes}: 1 to {LabSpec.MostNodes}");
        }
        if (
            old is not null && (old.Nodes, old.Product) != (spec.Nodes, spec.Product)
            || old?.Zones.SequenceEqual(spec.Zones) == false
        )
        {
            throw new LabException(
                $"lab '{place.Name}' is another one ({old.Nodes} nodes): ./tombolo lab down --name {place.Name} first, or give --name"
            );
        }
        spec.Write(place);
        return spec;
    }

    private async Task StartAsync(LabSpec spec, CancellationToken cancel)
    {
        if (ProcessId.Read(place.SupervisorPid) is { IsAlive: true })
        {
            progress.Say($"lab '{place.Name}' runs already ({place.Instance})");
            return;
        }
        // Roles whose supervisor was killed; the pods live on, and the next kubelets adopt them.
        var pods = ProcessTable.WithVariable(ProcessTable.InstanceVariable, place.Instance).Count;
        var killed = await ProcessTable.KillAllAsync(Orphans, cancel);
        if (killed > 0)
        {
            progress.Say($"healing: ended {killed} processes without a supervisor, kept {pods - killed} of pods");
        }
        foreach (var directory in spec.All.Select(node => place.NodeState(node.Name)).Append(place.Logs))
        {
            Directory.CreateDirectory(directory);
        }
        if (!File.Exists(place.KubeletToken))
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            await using var file = new FileStream(
                place.KubeletToken,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
            await file.WriteAsync(Encoding.ASCII.GetBytes(token), cancel);
        }
        Underlay.Ensure(place, spec);
        if (!MountTable.Has(place.Bpf))
        {
            try
            {
                Mounts.BpfFs(place.Bpf);
            }
            catch (LinuxException refused)
            {
                throw new LabException(
                    $"no bpffs can be mounted here, so nothing can be pinned: {refused.Message}",
                    refused
                );
            }
        }
        progress.Say($"{spec.Nodes} nodes on the underlay 172.30.0.0/16 (instance {place.Instance})");
        Daemonize();
    }

    private List<ProcessId> Orphans() =>
        [
            .. ProcessTable
                .WithVariable(ProcessTable.InstanceVariable, place.Instance)
                .Where(process => !ProcessTable.HasVariable(process.Pid, ProcessTable.SandboxVariable)),
        ];

    /// <summary>A session of its own, and none of our streams: who reads our output must not wait for the lab's end.</summary>
    private void Daemonize()
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = place.Checkout.Path };
        string[] words =
        [
            "-c",
            "exec </dev/null >>\"$1\" 2>&1; shift; exec setsid --fork \"$@\"",
            "sh",
            Path.Combine(place.Logs, "supervisor.log"),
            place.Checkout.Tombolo,
            "role",
            "supervisor",
            "--lab",
            place.Name,
        ];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        RoleProcess.Prepare(start, place);
        using var shell = Process.Start(start)!; // a program by its path gives a process or throws
        shell.WaitForExit();
    }

    private async Task<LabApi> ApiAsync(CancellationToken cancel)
    {
        LabApi? api = null;
        var supervised = false;
        await progress.UntilAsync(
            "API server ready",
            ApiWithin,
            async stop =>
            {
                var alive = ProcessId.Read(place.SupervisorPid) is { IsAlive: true };
                if (supervised && !alive)
                {
                    throw new LabException($"the supervisor ended: see {place.Logs}/supervisor.log");
                }
                supervised |= alive;
                if (!supervised)
                {
                    return "no supervisor yet";
                }
                if (!File.Exists(place.Kubeconfig))
                {
                    return $"no {place.Kubeconfig} yet (log/cluster.log)";
                }
                // Made anew: the file may be of a cluster that had another port.
                api?.Dispose();
                api = LabApi.Open(place.Kubeconfig);
                return await api.IsReadyAsync(stop) ? null : "it does not answer yet (log/cluster.log)";
            },
            cancel
        );
        return api!; // made by the look that held
    }

    private async Task DefineAsync(LabApi api, CancellationToken cancel)
    {
        var crds = Directory.Exists(place.Checkout.Crds)
            ? Directory.EnumerateFiles(place.Checkout.Crds, "*.yaml").Order().SelectMany(Manifests.Read).ToList()
            : throw new LabException($"{place.Checkout.Crds} is missing");
        foreach (var crd in crds)
        {
            await api.ApplyAsync(crd, cancel);
        }
        var names = crds.Select(crd => (string?)crd["metadata"]?["name"]).ToHashSet();
        await progress.UntilAsync(
            $"{crds.Count} kinds of Tombolo defined",
            Within,
            async stop =>
            {
                var there = await api.ListAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", stop);
                names.ExceptWith(
                    there.Where(crd => IsTrue(crd, "Established")).Select(crd => (string?)crd["metadata"]?["name"])
                );
                return names.Count == 0 ? null : $"not established: {string.Join(", ", names)}";
            },
            cancel
        );
    }

    private async Task NodesAsync(LabApi api, LabSpec spec, CancellationToken cancel)
    {
        var began = File.GetLastWriteTimeUtc(place.SupervisorPid);
        await progress.UntilAsync(
            // Without an agent nobody configures CNI: such nodes are there, and not ready.
            spec.Product
                ? $"{spec.Nodes} nodes ready"
                : $"{spec.Nodes} nodes there",
            Within,
            async stop =>
            {
                var nodes = await api.ListAsync("/api/v1/nodes", stop);
                var leases = await api.ListAsync(NodeLeases, stop);
                // What a killed kubelet said last still stands: ready is who said something since.
                var alive = leases.Where(lease => Renewed(lease) > began).Select(NameOf).ToHashSet();
                var ready = nodes.Count(node =>
                    alive.Contains(NameOf(node))
                    && (!spec.Product || IsTrue(node, "Ready") && File.Exists(place.ConfList(NameOf(node))))
                );
                return ready >= spec.Nodes ? null : $"{ready} of {spec.Nodes} (log/kubelet-N.log, log/agent-N.log)";
            },
            cancel
        );
    }

    private static string NameOf(JsonObject item) => (string?)item["metadata"]?["name"] ?? "";

    private static DateTime Renewed(JsonObject lease) =>
        DateTime.TryParse((string?)lease["spec"]?["renewTime"], null, DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : DateTime.MinValue;

    private async Task<bool> ExampleAsync(LabApi api, CancellationToken cancel)
    {
        foreach (var item in Manifests.Read(place.Checkout.Example))
        {
            await api.ApplyAsync(item, cancel);
        }
        await progress.UntilAsync(
            "example's pods run",
            Within,
            async stop =>
            {
                var pods = await api.ListAsync("/api/v1/pods", stop);
                var deployments = await api.ListAsync("/apis/apps/v1/deployments", stop);
                var behind = deployments.Count(one =>
                    ((int?)one["status"]?["replicas"] ?? 0) < ((int?)one["spec"]?["replicas"] ?? 1)
                );
                var running = pods.Count(pod => (string?)pod["status"]?["phase"] == "Running" && IsTrue(pod, "Ready"));
                return behind == 0 && running > 0 && running == pods.Count ? null : $"{running} of {pods.Count} pods";
            },
            cancel
        );
        // A pod may run a moment before the last node knows of it; its interface says when all do.
        await progress.UntilAsync(
            "every node holds their routes",
            Within,
            async stop =>
            {
                var interfaces = await api.ListAsync("/apis/net.tombolo.dev/v1alpha1/networkinterfaces", stop);
                var programmed = interfaces.Count(one => IsTrue(one, "Programmed"));
                return programmed == interfaces.Count
                    ? null
                    : $"{programmed} of {interfaces.Count} interfaces (log/routeserver.log)";
            },
            cancel
        );
        var report = await Reachability.MeasureAsync(place, api, cancel);
        progress.Say($"reach measured: {report.Results.Count} attempts, TCP and UDP, between {report.Pods.Count} pods");
        var wrong = report.Wrong();
        output.WriteLine($"\n{ReachTable.ByNetwork(report)}");
        foreach (var row in wrong.Take(10))
        {
            output.WriteLine($"NOT AS WANTED: {ReachTable.Describe(row)}");
        }
        output.WriteLine(HowToGoOn());
        return wrong.Count == 0 && report.Pods.Count > 1;
    }

    private string HowToGoOn()
    {
        var name = place.Name == "default" ? "" : $" --name {place.Name}";
        return $"""

            how to go on:
              export KUBECONFIG={place.Kubeconfig}
              kubectl get vn,sn,ni -A
              ./tombolo lab reach{name}
              ./tombolo lab down{name}
            """;
    }

    private static bool IsTrue(JsonObject item, string condition) =>
        (item["status"]?["conditions"] as JsonArray ?? []).Any(one =>
            (string?)one?["type"] == condition && (string?)one?["status"] == "True"
        );
}
