using System.Numerics;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Controller.Ipam;

/// <summary>The pure part of address management: which address of which block, and what the block says afterwards.</summary>
internal static class BlockPlan
{
    public const int Size = 64;

    /// <summary>How long a released address is given to nobody: caches of neighbours and late packets die in it.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>How long an address may be held for an interface that was never made (its maker died).</summary>
    public static readonly TimeSpan Orphaned = TimeSpan.FromMinutes(2);

    /// <summary>First address of the block that an address is in.</summary>
    public static Address FirstOf(Address address) => address with { Bits = address.Bits & ~(UInt128)(Size - 1) };

    /// <summary><c>subnet-0a0a0000</c>: the name is the place, so that creating a block is a mutual exclusion.</summary>
    public static string NameOf(string subnet, Address first) =>
        $"{subnet}-{Convert.ToHexStringLower(first.ToArray())}";

    /// <summary>
    /// Firsts of the blocks that a range spans, each once, beginning at a place that depends on the subnet alone: so that
    /// two networks that are joined later seldom hold the same addresses. At most 65,536 are visited.
    /// </summary>
    public static IEnumerable<Address> BlocksOf(Address start, Address end, string seed)
    {
        var first = FirstOf(start);
        var count = ((FirstOf(end).Bits - first.Bits) / Size) + 1;
        var visited = (int)UInt128.Min(count, 65_536);
        var hash = (uint)(Identity.Of(seed).Bits >> 96);
        var offset = (UInt128)(hash % (uint)visited);
        for (var i = 0; i < visited; i++)
        {
            yield return first.Add((offset + (uint)i) % (UInt128)visited * Size);
        }
    }

    /// <summary>The lowest address of a block that is free and may be given out, or null.</summary>
    public static Address? FreeIn(AddressBlock? block, Address first, Func<Address, bool> mayBeGiven, DateTime now)
    {
        ulong taken = 0;
        foreach (var entry in block?.Spec.Entries ?? [])
        {
            if (entry.Released is not { } released || now - released < Rest)
            {
                taken |= 1ul << entry.Offset;
            }
        }
        for (var free = ~taken; free != 0; free &= free - 1)
        {
            var address = first.Add((uint)BitOperations.TrailingZeroCount(free));
            if (mayBeGiven(address))
            {
                return address;
            }
        }
        return null;
    }

    /// <summary>The entry of an address, or null.</summary>
    public static AddressEntry? EntryOf(AddressBlock? block, Address address) =>
        block?.Spec.Entries.FirstOrDefault(entry => entry.Offset == OffsetOf(address));

    /// <summary>The block with the address held by the wish.</summary>
    public static AddressBlock Take(AddressBlock block, Address address, Wish wish, DateTime now) =>
        With(
            block,
            address,
            new AddressEntry
            {
                Offset = OffsetOf(address),
                Interface = wish.Interface,
                PodUid = wish.PodUid,
                Taken = now,
            }
        );

    /// <summary>The block with the address at rest.</summary>
    public static AddressBlock Release(AddressBlock block, Address address, DateTime now) =>
        EntryOf(block, address) is { Released: null } entry
            ? With(block, address, entry with { Released = now })
            : block;

    /// <summary>The block without an address that nobody ever used: it needs no rest.</summary>
    public static AddressBlock Forget(AddressBlock block, Address address) =>
        block with
        {
            Spec = block.Spec with
            {
                Entries = [.. block.Spec.Entries.Where(entry => entry.Offset != OffsetOf(address))],
            },
        };

    private static int OffsetOf(Address address) => (int)(address.Bits & (Size - 1));

    private static AddressBlock With(AddressBlock block, Address address, AddressEntry entry) =>
        block with
        {
            Spec = block.Spec with
            {
                Entries =
                [
                    .. block
                        .Spec.Entries.Where(other => other.Offset != OffsetOf(address))
                        .Append(entry)
                        .OrderBy(one => one.Offset),
                ],
            },
        };
}
