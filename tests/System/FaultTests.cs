namespace Tombolo.Tests.SystemTests;

/// <summary>
/// Any process of ours is killed while pods talk, again and again: no datagram is lost, and what was asked for meanwhile
/// is there soon after.
/// </summary>
[Trait("needs", "root"), Collection("system")]
public sealed class FaultTests : IDisposable
{
    private static readonly int Times = Environment.GetEnvironmentVariable("TOMBOLO_LONG") is null ? 4 : 20;
    private readonly LabUnderTest lab = new("f");
    private int round;

    [Fact]
    public async Task Nothing_is_lost_when_any_process_is_killed()
    {
        await TalkingPods.UpAsync(lab);
        using var talk = await TalkingPods.TalkAsync(lab);

        foreach (
            var process in (string[])["agent --node node-1", "role routeserver", "role controller", "role cluster"]
        )
        {
            for (var i = 0; i < Times; i++)
            {
                await KillAsync(process);
            }
        }
        await talk.AssertNothingLostAsync();
    }

    /// <summary>One is made and one taken away around the kill; both are right soon after it.</summary>
    private async Task KillAsync(string process)
    {
        var made = $"c{++round}";
        await PatientlyAsync("apply", "-f", Written(made));
        await lab.KillAsync(process);
        await PatientlyAsync("delete", "pod", "-n", "talk", $"c{round - 1}", "--ignore-not-found", "--wait=false");
        await RunningAsync(made);
        await Wait.UntilAsync(
            () => lab.Phase("talk", $"c{round - 1}") == "",
            "the pod before is gone",
            LabUnderTest.Minutes
        );
        await ModelOfNodes.AssertHeldAsync(lab);
    }

    private string Written(string pod)
    {
        var file = Path.Combine(lab.Place.State, "pod.yaml");
        File.WriteAllText(file, PodOf(pod, round % 2 == 0 ? "node-1" : "node-2"));
        return file;
    }

    /// <summary>As a user does while the API server is away: again.</summary>
    private Task PatientlyAsync(params string[] arguments) =>
        Wait.UntilAsync(() => lab.TryKubectl(arguments), $"kubectl {arguments[0]} is heard", LabUnderTest.Minutes);

    private Task RunningAsync(params string[] pods) =>
        Wait.UntilAsync(
            () => Array.TrueForAll(pods, pod => lab.TryKubectl("get", "ns") && lab.Phase("talk", pod) == "Running"),
            $"{string.Join(", ", pods)} run",
            LabUnderTest.Minutes
        );

    private static string PodOf(string name, string node) =>
        $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {name}
              namespace: talk
              annotations:
                net.tombolo.dev/network: talk
            spec:
              nodeName: {node}
              terminationGracePeriodSeconds: 0
              containers:
              - name: pause
                image: lab/pause

            """;

    public void Dispose() => lab.Dispose();
}
