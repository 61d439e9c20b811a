using System.Text.Json.Nodes;

namespace Tombolo.Tests.SystemTests;

/// <summary>
/// What users do wrong, one thing after another on one lab: each is a condition, an event or an error that names the field,
/// is healed by putting it right, and takes nothing from the two pods that talk all the while.
/// </summary>
[Trait("needs", "root"), Collection("system")]
public sealed class WrongInputTests : IDisposable
{
    private const string Space = "wrong";
    private readonly LabUnderTest lab = new("w");
    private string? disk;

    [Fact]
    public async Task Each_is_said_by_its_field_and_everything_else_goes_on()
    {
        MountDisk();
        await TalkingPods.UpAsync(lab);
        using var talk = await TalkingPods.TalkAsync(lab);
        lab.Apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: wrong}
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: Subnet
            metadata: {name: good, namespace: wrong}
            spec: {cidr: 10.9.0.0/24, reserved: [10.9.0.50], ranges: [{key: few, start: 10.9.0.20, end: 10.9.0.20}]}
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: VirtualNetwork
            metadata: {name: good, namespace: wrong}
            spec: {subnets: [{name: good}]}
            """
        );
        lab.Kubectl("wait", "-n", Space, "vn/good", "--for=condition=Ready", "--timeout=60s");

        await SubnetsAsync();
        await NetworksAsync();
        ImmutableFields();
        await AnnotationsAsync();
        await AddressesAsync();
        await FullSubnetAsync();
        await DeletedInUseAsync();
        await ConfigurationWithoutSocketAsync();
        await FullDiskAsync();

        lab.Kubectl("delete", "namespace", Space, "--timeout=120s");
        await ModelOfNodes.AssertHeldAsync(lab);
        await talk.AssertNothingLostAsync();
    }

    private async Task SubnetsAsync()
    {
        foreach (
            var (name, spec, reason, words) in (IReadOnlyList<(string, string, string, string)>)
                [
                    ("none", "{cidr: 10.9.0.0.0/24}", "InvalidCidr", "spec.cidr: '10.9.0.0.0/24' is no prefix"),
                    ("bits", "{cidr: 10.9.0.1/24}", "InvalidCidr", "spec.cidr: '10.9.0.1/24' has host bits"),
                    ("six", "{cidr: 'fd09::/129'}", "InvalidCidr", "spec.cidr: 'fd09::/129' is no prefix"),
                    (
                        "outside",
                        "{cidr: 10.9.0.0/24, ranges: [{key: a, start: 10.9.0.5, end: 10.9.1.5}]}",
                        "InvalidRange",
                        "spec.ranges[0].end: '10.9.1.5' is no address of 10.9.0.0/24"
                    ),
                    (
                        "backwards",
                        "{cidr: 10.9.0.0/24, ranges: [{key: a, start: 10.9.0.9, end: 10.9.0.5}]}",
                        "InvalidRange",
                        "spec.ranges[0]: 10.9.0.5 is before 10.9.0.9"
                    ),
                    ("gateway", "{cidr: 10.9.0.0/24, gateway: 10.8.0.1}", "InvalidGateway", "spec.gateway: '10.8.0.1'"),
                    ("reserved", "{cidr: 10.9.0.0/24, reserved: [x]}", "InvalidReserved", "spec.reserved[0]: 'x'"),
                    ("system", "{cidr: 100.64.0.0/24}", "OverlapsSystem", "spec.cidr: 100.64.0.0/24 overlaps"),
                ]
        )
        {
            Make("Subnet", name, spec);
            await RefusedAsync($"sn/{name}", reason, words);
        }
        // Put right, it is accepted.
        Make("Subnet", "none", "{cidr: 10.9.0.0/24}");
        lab.Kubectl("wait", "-n", Space, "sn/none", "--for=condition=Accepted", "--timeout=60s");
        lab.Kubectl("patch", "-n", Space, "sn/none", "--type=merge", "-p", """{"spec":{"cidr":"10.9.0.0/25"}}""");
        await RefusedAsync("sn/none", "CidrNarrowed", "spec.cidr: 10.9.0.0/25 does not contain 10.9.0.0/24");
    }

    private async Task NetworksAsync()
    {
        foreach (
            var (name, spec, reason, words) in (IReadOnlyList<(string, string, string, string)>)
                [
                    (
                        "nowhere",
                        "{subnets: [{name: missing}]}",
                        "SubnetNotFound",
                        "spec.subnets[0]: there is no Subnet"
                    ),
                    (
                        "theirs",
                        "{subnets: [{name: good}, {name: v4, namespace: talk}]}",
                        "SubnetNotShared",
                        "spec.subnets[1]: Subnet talk/v4 is not offered to namespace wrong"
                    ),
                    ("twice", "{subnets: [{name: good}, {name: none}]}", "SubnetsOverlap", "spec.subnets[1]: Subnet"),
                    ("numbered", "{vni: 4711}", "NeedsGrant", "spec.vni: no RouteTargetGrant lets namespace wrong"),
                ]
        )
        {
            Make("VirtualNetwork", name, spec);
            await RefusedAsync($"vn/{name}", reason, words);
            await WaitsAsync(name, $"{{net.tombolo.dev/network: {name}}}", "NetworkNotAccepted", words);
        }
        // It waits for the owner's consent and starts with it.
        lab.Kubectl(
            "patch",
            "-n",
            "talk",
            "sn/v4",
            "--type=merge",
            "-p",
            """{"spec":{"consumers":{"namespaces":{"matchLabels":{"kubernetes.io/metadata.name":"wrong"}}}}}"""
        );
        await RunsAsync("theirs");
        lab.Kubectl("delete", "-n", Space, "pods", "--all", "--timeout=60s");
    }

    private void ImmutableFields()
    {
        foreach (
            var (what, change, words) in (IReadOnlyList<(string, string, string)>)
                [
                    ("vn/good", """{"spec":{"forwarding":"underlay"}}""", "forwarding is immutable"),
                    ("sn/gateway", """{"spec":{"gateway":"10.9.0.1"}}""", "gateway is immutable"),
                ]
        )
        {
            var (code, said) = Kubectl("patch", "-n", Space, what, "--type=merge", "-p", change);
            Assert.Equal(1, code);
            Assert.Contains(words, said);
        }
        var (wrong, unknown) = Kubectl("apply", "-f", FileOf("VirtualNetwork", "typo", "{subnet: [{name: good}]}"));
        Assert.Equal(1, wrong);
        Assert.Contains("unknown field \"spec.subnet\"", unknown);
    }

    private async Task AnnotationsAsync()
    {
        await WaitsAsync(
            "slashes",
            "{net.tombolo.dev/network: a/b/c}",
            "InvalidAnnotation",
            "annotation net.tombolo.dev/network of the pod: 'a/b/c' is neither"
        );
        await WaitsAsync(
            "word",
            "{net.tombolo.dev/network: good, net.tombolo.dev/addresses: ten}",
            "InvalidAnnotation",
            "annotation net.tombolo.dev/addresses: 'ten' is no IP address"
        );
        await WaitsAsync(
            "foreign",
            "{net.tombolo.dev/network: talk/talk}",
            "NetworkNotShared",
            "VirtualNetwork talk/talk is not offered to namespace wrong"
        );
        lab.Kubectl("annotate", "-n", Space, "pod/slashes", "net.tombolo.dev/network=good", "--overwrite");
        await RunsAsync("slashes");
    }

    private async Task AddressesAsync()
    {
        Pod("holder", "{net.tombolo.dev/network: good, net.tombolo.dev/addresses: 10.9.0.40}");
        await RunsAsync("holder");
        foreach (
            var (name, address, reason, words) in (IReadOnlyList<(string, string, string, string)>)
                [
                    ("taken", "10.9.0.40", "AddressTaken", "10.9.0.40 of Subnet wrong/good is held by"),
                    ("kept", "10.9.0.50", "AddressNotAvailable", "10.9.0.50 is the gateway, reserved or outside"),
                    ("gate", "10.9.0.1", "AddressNotAvailable", "10.9.0.1 is the gateway"),
                    (
                        "away",
                        "10.8.0.1",
                        "AddressNotAvailable",
                        "10.8.0.1 is in no subnet of VirtualNetwork wrong/good"
                    ),
                ]
        )
        {
            await WaitsAsync(
                name,
                $"{{net.tombolo.dev/network: good, net.tombolo.dev/addresses: {address}}}",
                reason,
                words
            );
        }
        await WaitsAsync(
            "range",
            "{net.tombolo.dev/network: good, net.tombolo.dev/range: many}",
            "RangeNotFound",
            "no range with key 'many'"
        );
        // The one that waits for a taken address has it when its holder is gone and it has rested.
        lab.Kubectl("delete", "-n", Space, "pod/holder", "--timeout=60s");
        await RunsAsync("taken");
    }

    private async Task FullSubnetAsync()
    {
        Pod("first", "{net.tombolo.dev/network: good, net.tombolo.dev/range: few}");
        await RunsAsync("first");
        await WaitsAsync(
            "second",
            "{net.tombolo.dev/network: good, net.tombolo.dev/range: few}",
            "SubnetFull",
            "Subnet wrong/good has no address left in range 'few'"
        );
        lab.Kubectl("delete", "-n", Space, "pod/first", "--timeout=60s");
        await RunsAsync("second");
    }

    private async Task DeletedInUseAsync()
    {
        lab.Kubectl("delete", "-n", Space, "vn/good", "--wait=false");
        await SaysAsync("vn/good", "Ready", "InUse", "waits for pods that are in it: wrong/second, wrong/slashes");
        await WaitsAsync(
            "late",
            "{net.tombolo.dev/network: good}",
            "NetworkTerminating",
            "wrong/good is being deleted"
        );
        Assert.Equal("Running", lab.Phase(Space, "second"));
        lab.Kubectl("delete", "-n", Space, "pods", "--all", "--timeout=60s");
        lab.Kubectl("wait", "-n", Space, "vn/good", "--for=delete", "--timeout=60s");
    }

    /// <summary>Another hand wrote the configuration of a node's runtime.</summary>
    private async Task ConfigurationWithoutSocketAsync()
    {
        var file = lab.Place.ConfList("node-2");
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var wrong = JsonNode.Parse(good)!;
        Assert.True(wrong["plugins"]![0]!.AsObject().Remove("socket"));
        await File.WriteAllTextAsync(file, wrong.ToJsonString(), TestContext.Current.CancellationToken);
        Pod("unplugged", "{net.tombolo.dev/network: talk/talk}", "talk", "node-2");
        await EventAsync("talk", "unplugged", "FailedCreatePodSandBox", "socket");
        await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        await RunsAsync("unplugged", "talk");
        lab.Kubectl("delete", "-n", "talk", "pod/unplugged", "--timeout=60s");
    }

    /// <summary>Writes are refused and say why, reads and packets go on; with room again, so does everything.</summary>
    private async Task FullDiskAsync()
    {
        var filler = Path.Combine(disk!, "filler");
        await FillAsync(filler);
        var said = "";
        await Wait.UntilAsync(
            () =>
            {
                (var code, said) = Kubectl("create", "namespace", $"n{Guid.NewGuid():N}");
                return code != 0;
            },
            "a write finds no room"
        );
        Assert.Contains("disk is full", said);
        Assert.Contains("Running", lab.Kubectl("get", "pods", "-n", "talk"));
        File.Delete(filler);
        lab.Apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: roomy, namespace: talk, annotations: {net.tombolo.dev/network: talk}}
            spec: {containers: [{name: pause, image: lab/pause}]}
            """
        );
        await RunsAsync("roomy", "talk");
    }

    private static async Task FillAsync(string filler)
    {
        await using var file = File.Create(filler);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await file.WriteAsync(block, TestContext.Current.CancellationToken);
                await file.FlushAsync(TestContext.Current.CancellationToken);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    /// <summary>The API server's directory on a small disk of its own.</summary>
    private void MountDisk()
    {
        Directory.CreateDirectory(lab.Place.ClusterData);
        Machine.Run("mount", "-t", "tmpfs", "-o", "size=32m", "tombolo-test", lab.Place.ClusterData);
        disk = lab.Place.ClusterData;
    }

    private void Make(string kind, string name, string spec) => lab.Kubectl("apply", "-f", FileOf(kind, name, spec));

    private string FileOf(string kind, string name, string spec)
    {
        var file = Path.Combine(lab.Place.State, $"{kind}-{name}.yaml");
        File.WriteAllText(
            file,
            $"""
            apiVersion: net.tombolo.dev/v1alpha1
            kind: {kind}
            metadata: {"{"}name: {name}, namespace: {Space}{"}"}
            spec: {spec}
            """
        );
        return file;
    }

    private void Pod(string name, string annotations, string space = Space, string? node = null) =>
        lab.Apply(
            $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {name}
              namespace: {space}
              annotations: {annotations}
            spec:
              {(node is null ? "" : $"nodeName: {node}")}
              terminationGracePeriodSeconds: 0
              containers: [{"{"}name: pause, image: lab/pause{"}"}]
            """
        );

    private Task RefusedAsync(string what, string reason, string words) => SaysAsync(what, "Accepted", reason, words);

    private Task SaysAsync(string what, string condition, string reason, string words)
    {
        var path = $"{{.status.conditions[?(@.type==\"{condition}\")]['status','reason','message']}}";
        return Wait.UntilRightAsync(
            () =>
            {
                var said = lab.Kubectl("get", "-n", Space, what, "-o", $"jsonpath={path}");
                var right = said.StartsWith($"False {reason} ", StringComparison.Ordinal) && said.Contains(words);
                return Task.FromResult(right ? null : $"{what} says {reason}, {words}; it says '{said}'");
            },
            LabUnderTest.Minutes
        );
    }

    /// <summary>Such a pod waits, with an event.</summary>
    private async Task WaitsAsync(string pod, string annotations, string reason, string words)
    {
        Pod(pod, annotations);
        await EventAsync(Space, pod, reason, words);
        Assert.Equal("Pending", lab.Phase(Space, pod));
    }

    private Task EventAsync(string space, string name, string reason, string words) =>
        Wait.UntilRightAsync(
            () =>
            {
                var said = lab.Kubectl(
                    "get",
                    "events",
                    "-n",
                    space,
                    "--field-selector",
                    $"involvedObject.name={name}",
                    "-o",
                    "jsonpath={range .items[*]}{.type} {.reason} {.message}{\"\\n\"}{end}"
                );
                var right = said.Split('\n')
                    .Any(line =>
                        line.StartsWith($"Warning {reason} ", StringComparison.Ordinal) && line.Contains(words)
                    );
                return Task.FromResult(right ? null : $"an event of {name} says {reason}, {words}; there is\n{said}");
            },
            LabUnderTest.Minutes
        );

    private Task RunsAsync(string pod, string space = Space) =>
        Wait.UntilAsync(() => lab.Phase(space, pod) == "Running", $"{space}/{pod} runs", LabUnderTest.Minutes);

    private (int Code, string Output) Kubectl(params string[] arguments) =>
        Machine.RunWith(lab.Environment, "kubectl", arguments);

    public void Dispose()
    {
        if (disk is not null)
        {
            // Lazily: the API server has files open there, until lab down ends it.
            Machine.Run("umount", "-l", disk);
        }
        lab.Dispose();
    }
}
