using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Kubelet;

/// <content>The pod's sandbox and its network.</content>
internal sealed partial class PodWorker
{
    private bool HasNetwork => state.SandboxId is not null && (state.HostNetwork || state.NetworkResult is not null);

    /// <summary>Makes sandbox and network. What fails is an event, and is tried again from the beginning.</summary>
    private async Task<bool> TryStartSandboxAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, starting.Token);
        try
        {
            if (state.SandboxId is not null && !await TryRemoveSandboxAsync(both.Token))
            {
                return false; // what an earlier attempt left must go first
            }
            await CreateSandboxAsync(both.Token);
            retry = retry.Reset();
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false; // the pod was deleted meanwhile: the next step takes away what there is
        }
        catch (Exception broken) when (broken is SandboxException or CniException)
        {
            retry = retry.Next();
            services.Events.Warning(
                Pod,
                "FailedCreatePodSandBox",
                $"Failed to create pod sandbox: {(broken is CniException ? "failed to setup network: " : "")}{broken.Message}"
            );
            LogNoSandbox(services.Log, state.Namespace, state.Name, retry.Delay.TotalSeconds, broken.Message);
            await TryRemoveSandboxAsync(cancel);
            return false;
        }
    }

    private async Task CreateSandboxAsync(CancellationToken cancel)
    {
        state.HostNetwork = Pod.Spec.HostNetwork == true;
        state.SandboxId = NewId();
        state.Netns = "";
        Save();
        await services.Starts.WaitAsync(cancel);
        try
        {
            var handle = await services.Sandbox.CreateAsync(
                new SandboxSpec(
                    state.SandboxId,
                    state.Namespace,
                    state.Name,
                    state.Uid,
                    Pod.Spec.Hostname ?? state.Name,
                    ResolvConf.Of(Pod, services.Options.ClusterDns, services.Options.ClusterDomain),
                    Directory,
                    state.HostNetwork
                ),
                cancel
            );
            state.Netns = handle.NetnsPath;
        }
        finally
        {
            services.Starts.Release();
        }
        if (state.HostNetwork)
        {
            state.Addresses = [services.Options.NodeAddress.ToString()];
            Save();
            return;
        }
        // Not within a slot: a plugin may wait for what is not there yet, and must not keep others from starting.
        state.NetworkConfig =
            NetworkConfig.FirstIn(services.Options.CniConfigDirectory)
            ?? throw new CniException($"no networks found in {services.Options.CniConfigDirectory}");
        Save();
        var result = await services.Cni.AddAsync(NetworkConfig.Parse(state.NetworkConfig), Attachment, cancel);
        state.Addresses = CniResult.PodAddresses(result);
        state.NetworkResult = result;
        Save();
    }

    /// <summary>DEL, then the sandbox: in this order, so that the plugin finds the namespace. Twice is as good as once.</summary>
    private async Task<bool> TryRemoveSandboxAsync(CancellationToken cancel)
    {
        if (state.SandboxId is null)
        {
            return true;
        }
        try
        {
            if (state.NetworkConfig is { } config)
            {
                await services.Cni.DeleteAsync(
                    Present(NetworkConfig.Parse(config)),
                    Attachment,
                    state.NetworkResult,
                    cancel
                );
            }
            await services.Sandbox.RemoveAsync(state.SandboxId, cancel);
            (state.SandboxId, state.Netns, state.NetworkConfig, state.NetworkResult) = (null, "", null, null);
            Save();
            return true;
        }
        catch (Exception broken) when (broken is SandboxException or CniException)
        {
            retry = retry.Next();
            services.Events.Warning(Pod, "FailedKillPod", $"error killing pod: {broken.Message}");
            LogNotRemoved(services.Log, state.Namespace, state.Name, retry.Delay.TotalSeconds, broken.Message);
            return false;
        }
    }

    // The network as it is configured now, as containerd has it: a mistake that ADD met would else fail every DEL too.
    private NetworkConfig Present(NetworkConfig kept) =>
        NetworkConfig.FirstIn(services.Options.CniConfigDirectory) is { } text
        && NetworkConfig.Parse(text) is { } now
        && now.Name == kept.Name
            ? now
            : kept;

    private CniAttachment Attachment =>
        new(state.SandboxId ?? "", File.Exists(state.Netns) ? state.Netns : "", state.Namespace, state.Name, state.Uid);

    // 64 hexadecimal digits, as container runtimes have them.
    private static string NewId() =>
        Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    [LoggerMessage(LogLevel.Warning, "pod {Namespace}/{Name}: no sandbox, again in {Seconds} s: {Why}")]
    private static partial void LogNoSandbox(ILogger log, string @namespace, string name, double seconds, string why);

    [LoggerMessage(LogLevel.Warning, "pod {Namespace}/{Name}: sandbox not removed, again in {Seconds} s: {Why}")]
    private static partial void LogNotRemoved(ILogger log, string @namespace, string name, double seconds, string why);
}
