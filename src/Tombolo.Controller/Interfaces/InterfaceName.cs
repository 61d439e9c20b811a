using System.Security.Cryptography;
using System.Text;
using Tombolo.Values;

namespace Tombolo.Controller.Interfaces;

/// <summary>Names and MACs of interfaces, which follow from the pod alone: a second controller would make the same.</summary>
internal static class InterfaceName
{
    private const int LongestPodName = 200; // a name has 253 characters; interface (15) and hash (6) follow

    /// <summary>First 200 characters of the pod's name, the interface, six hex of the hash of the pod's uid.</summary>
    public static string Of(string pod, string uid, string interfaceName)
    {
        var head = pod.Length <= LongestPodName ? pod : pod[..LongestPodName];
        return $"{head}-{interfaceName}-{Convert.ToHexStringLower(Hash(uid))[..6]}";
    }

    /// <summary>A locally administered unicast MAC (IEEE 802 §8.4): 02, then 40 bits of the hash of pod and interface.</summary>
    public static Mac MacOf(string uid, string interfaceName)
    {
        var octets = Hash($"{uid}/{interfaceName}")[..6];
        octets[0] = 0x02;
        return Mac.Read(octets);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
