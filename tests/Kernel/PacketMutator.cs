using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>Makes packets out of packets, by a seeded generator: the same seed gives the same ones.</summary>
internal sealed class PacketMutator(FuzzInput[] seeds, Random random, PacketOracle oracle)
{
    // Where headers keep lengths: frame's IPv4 and IPv6, and behind either encapsulation.
    private static readonly int[] Lengths = [16, 18, 38, 58, 4, 48, 50, 66, 68, 70];
    private static readonly int[] Starts = [14, 46, 64]; // of an IP packet: in a frame, under a label, in VXLAN

    private static readonly Address[] Addresses =
    [
        .. new[] { "10.10.0.{0}", "fd10::{0}" }.SelectMany(format =>
            Enumerable.Range(1, 15).Select(host => Address.Parse(string.Format(format, host)))
        ),
        .. new[]
        {
            "fe80::1",
            "fe80::5",
            "ff02::1",
            "::",
            "::ffff:10.10.0.5",
            "192.168.7.9",
            "fd77::9",
            "10.28.0.1",
            "fd28::1",
            "10.29.0.1",
            "255.255.255.255",
            "172.30.1.2",
            "172.30.2.2",
            "172.30.3.2",
            "172.30.9.9",
        }.Select(Address.Parse),
    ];

    private static readonly uint[] Labels = [0, 3, 100, 101, 102, 900, 5000, 4711, 0xfffff];

    public FuzzInput Next()
    {
        var seed = seeds[random.Next(seeds.Length)];
        if (random.Next(8) == 0)
        {
            seed = Wrapped(seed);
        }
        var octets = seed.Frame.ToList();
        for (var times = random.Next(0, 5); times > 0; times--)
        {
            Mutate(octets);
        }
        var device = seed.Program == "from_underlay" ? "underlay" : Pick("red", "red", "red", "redother", "blue");
        if (octets.Count > 12 && seed.Program == "from_pod" && device != "red" && random.Next(4) > 0)
        {
            Write(octets, 6, oracle.Device(device).Mac.ToArray());
        }
        return seed with
        {
            Device = device,
            Frame = [.. octets],
            GsoSize = random.Next(40) == 0 ? (uint)random.Next(1, 2000) : seed.GsoSize,
            Mark = seed.Program == "to_pod" && random.Next(2) == 0 ? (uint)random.Next() : seed.Mark,
        };
    }

    private void Mutate(List<byte> octets)
    {
        if (octets.Count == 0)
        {
            return;
        }
        var at = random.Next(octets.Count);
        switch (random.Next(10))
        {
            case 0:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                octets[at] = (byte)Pick(0, 255, 1, 4, 6, 17, 44, 58, 60, 0x45, 0x60, random.Next(256));
                break;
            case 2:
                octets.RemoveRange(at, octets.Count - at);
                break;
            case 3:
                octets.AddRange(new byte[random.Next(1, 200)]);
                break;
            case 4:
                octets.InsertRange(at, octets.GetRange(at, Math.Min(Pick(4, 8, 16, 40), octets.Count - at)));
                break;
            case 5:
                octets.RemoveRange(at, Math.Min(random.Next(1, 40), octets.Count - at));
                break;
            case 6:
                var value = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(
                    value,
                    (ushort)Pick(
                        0,
                        1,
                        7,
                        8,
                        19,
                        20,
                        28,
                        39,
                        40,
                        octets.Count - 14,
                        octets.Count - 15,
                        octets.Count,
                        65535
                    )
                );
                Write(octets, random.Next(3) == 0 ? at : Pick(Lengths), value);
                break;
            case 7:
                var other = seeds[random.Next(seeds.Length)].Frame;
                octets.RemoveRange(at, octets.Count - at);
                octets.AddRange(other.Skip(at));
                break;
            case 8:
                var address = Pick(Addresses);
                Write(
                    octets,
                    Pick(Starts) + (address.IsIPv4 ? 12 : 8) + random.Next(2) * address.Width / 8,
                    address.ToArray()
                );
                break;
            default:
                var label = new byte[4];
                var vxlan = random.Next(2) == 0;
                BinaryPrimitives.WriteUInt32BigEndian(
                    label,
                    vxlan
                        ? Pick(Labels) << 8
                        : (Pick(Labels) << 12) | (uint)Pick(0x100, 0x100, 0) | (uint)random.Next(256)
                );
                Write(octets, vxlan ? 46 : 42, label);
                break;
        }
    }

    // Any packet of the tables, as if another node had sent it.
    private FuzzInput Wrapped(FuzzInput seed)
    {
        if (seed.Program != "from_pod" || seed.Frame.Length < 15)
        {
            return seed;
        }
        var (from, label) = (Pick(NodeA.NodeB, NodeA.NodeC, NodeA.Gateway), Pick(Labels));
        var outer =
            random.Next(2) == 0
                ? Wire.MplsUdp(from, NodeA.Local, label, seed.Frame[14..])
                : Wire.Vxlan(from, NodeA.Local, label, seed.Frame);
        return new FuzzInput("from_underlay", "underlay", 0, 0, Wire.Ethernet(Mac.Gateway, Mac.Gateway, outer));
    }

    private T Pick<T>(params T[] of) => of[random.Next(of.Length)];

    private static void Write(List<byte> octets, int at, byte[] what)
    {
        for (var i = 0; i < what.Length && at + i < octets.Count; i++)
        {
            octets[at + i] = what[i];
        }
    }
}
