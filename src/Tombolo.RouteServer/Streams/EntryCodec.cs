using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Tombolo.Fabric;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Streams;

/// <summary>From the model's entries to the stream's: one pure function, each entry encoded once for all who share it.</summary>
internal sealed class EntryCodec
{
    private readonly ConditionalWeakTable<Entry, Wire.Entry> encoded = [];

    public Wire.Entry Encode(Entry entry) => encoded.GetValue(entry, Encoded);

    public static Wire.Key Encode(EntryKey key)
    {
        var wire = new Wire.Key
        {
            Kind = key.Kind switch
            {
                EntryKind.Settings => Wire.EntryKind.EntrySettings,
                EntryKind.Vrf => Wire.EntryKind.EntryVrf,
                EntryKind.Interface => Wire.EntryKind.EntryInterface,
                EntryKind.Tunnel => Wire.EntryKind.EntryTunnel,
                EntryKind.Route => Wire.EntryKind.EntryRoute,
                _ => throw new InvalidOperationException($"no such entry kind: {key.Kind}"),
            },
            Name = key.Name,
        };
        if (key.Kind == EntryKind.Route)
        {
            wire.Prefix = Encode(key.Prefix);
        }
        return wire;
    }

    private static Wire.Entry Encoded(Entry entry)
    {
        var wire = entry switch
        {
            SettingsEntry settings => new Wire.Entry { Settings = Encode(settings) },
            VrfEntry vrf => new Wire.Entry { Vrf = Encode(vrf) },
            InterfaceEntry attached => new Wire.Entry { Interface = Encode(attached) },
            RouteEntry route => new Wire.Entry { Route = Encode(route) },
            TunnelEntry tunnel => new Wire.Entry { Tunnel = Encode(tunnel) },
            _ => throw new InvalidOperationException($"no such entry: {entry.GetType().Name}"),
        };
        // 16 octets name a content among all that a node ever holds; protobuf without maps encodes one content one way.
        wire.Hash = ByteString.CopyFrom(SHA256.HashData(wire.ToByteArray()).AsSpan(0, 16));
        return wire;
    }

    private static Wire.Settings Encode(SettingsEntry settings)
    {
        var wire = new Wire.Settings { Mtu = (uint)settings.Mtu, Cluster = (uint)settings.Cluster };
        wire.Encapsulations.AddRange(settings.Encapsulations.Select(Encode));
        return wire;
    }

    private static Wire.Vrf Encode(VrfEntry vrf)
    {
        var wire = new Wire.Vrf
        {
            Name = vrf.Name,
            Index = vrf.Index,
            Vni = vrf.Vni,
            DenyIntra = vrf.DenyIntra,
        };
        wire.Subnets.AddRange(
            vrf.Subnets.Select(subnet => new Wire.Subnet
            {
                Prefix = Encode(subnet.Prefix),
                Gateway = Encode(subnet.Gateway),
            })
        );
        return wire;
    }

    private static Wire.Interface Encode(InterfaceEntry attached)
    {
        var wire = new Wire.Interface
        {
            Uid = attached.Uid,
            PodUid = attached.PodUid,
            Namespace = attached.Namespace,
            Pod = attached.Pod,
            Name = attached.Name,
            Vrf = attached.Vrf,
            Mac = ByteString.CopyFrom(attached.Mac.ToArray()),
            Identity = ByteString.CopyFrom(attached.Identity.ToArray()),
        };
        wire.Addresses.AddRange(attached.Addresses.Select(Encode));
        wire.Allowed.AddRange(attached.Allowed.Select(Encode));
        wire.Transit.AddRange(attached.Transit.Select(Encode));
        foreach (var address in attached.SystemAddresses)
        {
            if (address.IsIPv4)
            {
                wire.System4 = Encode(address);
            }
            else
            {
                wire.System6 = Encode(address);
            }
        }
        return wire;
    }

    private static Wire.Route Encode(RouteEntry route)
    {
        var wire = new Wire.Route { Vrf = route.Vrf, Prefix = Encode(route.Prefix) };
        wire.Paths.AddRange(route.Paths.Select(Encode));
        wire.Otherwise = route.Otherwise is { } otherwise ? Encode(otherwise) : null;
        return wire;
    }

    private static Wire.Path Encode(Fabric.Path path)
    {
        var wire = new Wire.Path
        {
            Cluster = (uint)path.Node.Cluster,
            Node = path.Node.Name ?? "",
            Label = path.Label.Value,
            Space = Wire.Space.Nodes,
            Identity = ByteString.CopyFrom(path.Identity.ToArray()),
            Up = path.Up,
            Preference = path.Preference,
            Own = path.Own,
            InterfaceUid = path.InterfaceUid,
        };
        switch (path.Target)
        {
            case PathTarget.Interface:
                wire.Interface = new Wire.Empty();
                break;
            case PathTarget.Connected:
                wire.Connected = new Wire.Empty();
                break;
            case PathTarget.Drop:
                wire.Drop = path.Reason.Name();
                break;
        }
        return wire;
    }

    private static Wire.Tunnel Encode(TunnelEntry tunnel)
    {
        var wire = new Wire.Tunnel
        {
            Cluster = (uint)tunnel.Node.Cluster,
            Node = tunnel.Node.Name,
            PathMtu = (uint)tunnel.Mtu,
        };
        wire.Addresses.AddRange(tunnel.Addresses.Select(Encode));
        wire.Encapsulations.AddRange(tunnel.Encapsulations.Select(Encode));
        return wire;
    }

    private static Wire.Prefix Encode(Prefix prefix) =>
        new() { Address = Encode(prefix.Address), Length = prefix.Length };

    private static ByteString Encode(Address address) => ByteString.CopyFrom(address.ToArray());

    private static Wire.Encapsulation Encode(Encapsulation encapsulation) =>
        encapsulation == Encapsulation.Vxlan ? Wire.Encapsulation.Vxlan : Wire.Encapsulation.MplsInUdp;
}
