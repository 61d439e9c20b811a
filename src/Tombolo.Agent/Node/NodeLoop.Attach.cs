using Microsoft.Extensions.Logging;
using Tombolo.Agent.Interfaces;
using Tombolo.Linux;
using Tombolo.Stream;
using Tombolo.Values;
using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

internal sealed partial class NodeLoop
{
    private void ServeAdds()
    {
        foreach (var add in adds.ToList())
        {
            if (add.Answer.Task.IsCompleted || Serve(add))
            {
                adds.Remove(add);
            }
        }
    }

    /// <returns>True once it is answered.</returns>
    private bool Serve(PendingAdd add)
    {
        if (add.Done is not null)
        {
            return ServeAttached(add);
        }
        if (Find(add.Request) is not { } wanted || !converged)
        {
            return time.GetUtcNow() >= add.Deadline && add.Answer.TrySetResult(TooLate(add.Request));
        }
        try
        {
            Attach(add, wanted);
            return ServeAttached(add);
        }
        catch (Exception broken) when (broken is LinuxException or IOException)
        {
            var code = broken is LinuxException { Errno: Errno.ENOENT }
                ? CniErrorCode.UnknownContainer
                : CniErrorCode.Internal;
            LogNotAttached(log, $"{add.Request.PodNamespace}/{add.Request.PodName}", broken.Message);
            return add.Answer.TrySetResult(
                Refuse(
                    add.Request,
                    code,
                    $"cannot attach {add.Request.Interface} of {add.Request.PodNamespace}/{add.Request.PodName}",
                    broken.Message
                )
            );
        }
    }

    // The pod's first packet is not to meet a node that does not know it; but a node that is slow holds up no pod.
    private bool ServeAttached(PendingAdd add)
    {
        var (uid, result) = add.Done!.Value; // attached
        return (known.GetValueOrDefault(uid)?.Settled != false || time.GetUtcNow() >= add.Deadline)
            && add.Answer.TrySetResult(new CniAnswer(result, null));
    }

    private void Attach(PendingAdd add, Interface wanted)
    {
        var request = add.Request;
        var one = known[wanted.Uid];
        var shape = ShapeOf(wanted);
        // Asked twice for the same container: what is there is the answer.
        if (one.Attachment is not { } there || there.ContainerId != request.ContainerId || !kernel.Holds(there))
        {
            if (one.Attachment is { } former)
            {
                Drop(former); // an earlier sandbox of the same pod
            }
            one.Attachment = kernel.Attach(request, wanted, one.Label, shape);
            one.Up = false;
            attachments.Put(one.Attachment);
            Converge();
            if (!one.Up)
            {
                throw new IOException("the datapath refused the interface; see its NetworkInterface's status");
            }
        }
        add.Done = (wanted.Uid, ResultOf(request, shape, wanted));
        LogAttached(log, $"{wanted.Namespace}/{wanted.Pod}", wanted.Vrf, one.Label);
        add.Deadline = time.GetUtcNow() + StageOneWithin;
        _ = time.CreateTimer(_ => inbox.Writer.TryWrite(new Look()), null, StageOneWithin, Timeout.InfiniteTimeSpan);
    }

    private void Detach(CniRequest request)
    {
        // The runtime gave up on an ADD that still waits: nobody is to be attached after this.
        foreach (var add in adds.Where(add => IsSame(add.Request, request)).ToList())
        {
            adds.Remove(add);
            add.Answer.TrySetResult(Refuse(add.Request, CniErrorCode.TryAgainLater, "deleted meanwhile", null));
        }
        if (attachments.Find(request.ContainerId, request.Interface) is not { } attachment)
        {
            return;
        }
        // Withdrawn first, so that nobody sends where nobody listens any more.
        if (known.GetValueOrDefault(attachment.Uid) is { } one && one.Attachment?.ContainerId == request.ContainerId)
        {
            Send(
                new FromAgent
                {
                    Report = new Report
                    {
                        Sequence = ++reports,
                        Interfaces =
                        {
                            new InterfaceReport { InterfaceUid = one.Uid, State = InterfaceState.Down },
                        },
                    },
                }
            );
            one.Attachment = null;
            one.Up = false;
            one.Settled = false;
            if (converged)
            {
                Apply();
            }
        }
        Drop(attachment);
    }

    private void Drop(Attachment attachment)
    {
        kernel.Detach(attachment);
        kernel.DeleteLink(attachment);
        attachments.Remove(attachment);
    }

    private static bool IsSame(CniRequest one, CniRequest other) =>
        one.ContainerId == other.ContainerId && one.Interface == other.Interface;

    private Interface? Find(CniRequest request) =>
        state.Interfaces.Values.FirstOrDefault(one =>
            one.Name == request.Interface
            && (
                request.PodUid.Length > 0
                    ? one.PodUid == request.PodUid
                    : one.Namespace == request.PodNamespace && one.Pod == request.PodName
            )
        );

    private CniAnswer TooLate(CniRequest request)
    {
        var pod = $"{request.PodNamespace}/{request.PodName}";
        var why = !converged
            ? "no route server has told this node anything yet"
            : $"no route server has told this node of interface {request.Interface} of pod {pod}: see the pod's events and `kubectl get networkinterfaces -n {request.PodNamespace}`";
        return Refuse(request, CniErrorCode.TryAgainLater, $"the network of pod {pod} is not ready", why);
    }

    private PodLink.Shape ShapeOf(Interface wanted)
    {
        var subnets = state.Vrfs.GetValueOrDefault(wanted.Vrf)?.Subnets ?? [];
        var addresses = new List<(Address Address, int Length)>();
        Address? gateway4 = null;
        foreach (var address in wanted.Addresses.Select(octets => Address.Read(octets.Span)))
        {
            var subnet = subnets.FirstOrDefault(one => Translation.Read(one.Prefix).Contains(address));
            addresses.Add((address, subnet is null ? address.Width : (int)subnet.Prefix.Length));
            if (address.IsIPv4 && subnet is not null)
            {
                gateway4 = Address.Read(subnet.Gateway.Span);
            }
        }
        return new PodLink.Shape(
            wanted.Name,
            Mac.Read(wanted.Mac.Span),
            state.PodMtu(kernel.UnderlayMtu),
            addresses,
            gateway4,
            addresses.Any(one => !one.Address.IsIPv4)
        );
    }

    private static CniResult ResultOf(CniRequest request, PodLink.Shape shape, Interface wanted)
    {
        var host = PodLink.NameOf(request.ContainerId, request.Interface);
        return new CniResult(
            request.CniVersion,
            [
                new CniInterface(host, Mac.Gateway.ToString(), null, shape.Mtu),
                new CniInterface(wanted.Name, shape.Mac.ToString(), request.Netns, shape.Mtu),
            ],
            [
                .. shape.Addresses.Select(one => new CniAddress(
                    $"{one.Address}/{one.Length}",
                    one.Address.IsIPv4 ? shape.Gateway4?.ToString() : PodLink.Gateway6.ToString(),
                    1
                )),
            ],
            [.. PodLink.RoutesOf(shape, 0).Select(route => new CniRoute($"{route.Prefix}", $"{route.Gateway}"))],
            new CniDns()
        );
    }

    [LoggerMessage(LogLevel.Information, "{Pod} attached to {Vrf} with label {Label}")]
    private static partial void LogAttached(ILogger log, string pod, string vrf, Label label);

    [LoggerMessage(LogLevel.Error, "{Pod} not attached: {Why}")]
    private static partial void LogNotAttached(ILogger log, string pod, string why);
}
