using CsCheck;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Tests.Ipam;

public class BlockPlanTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void No_address_is_given_twice_and_none_that_rests() =>
        Gen.Select(Gen.Int[24, 30], Gen.Select(Gen.Bool, Gen.Int[0, 300], Gen.Int[0, 20]).Array[0, 300])
            .Sample(
                (length, steps) =>
                {
                    var subnet = Intent($"10.0.0.0/{length}");
                    var blocks = new Dictionary<Address, AddressBlock>();
                    var held = new Dictionary<Address, DateTime?>();
                    var now = Noon;
                    foreach (var (take, which, seconds) in steps)
                    {
                        now = now.AddSeconds(seconds);
                        if (take)
                        {
                            Take(subnet, blocks, held, now);
                        }
                        else if (
                            held.Where(one => one.Value is null).Select(one => one.Key).Order().ToList() is
                            { Count: > 0 } taken
                        )
                        {
                            var address = taken[which % taken.Count];
                            var first = BlockPlan.FirstOf(address);
                            blocks[first] = BlockPlan.Release(blocks[first], address, now);
                            held[address] = now;
                        }
                    }
                }
            );

    [Fact]
    public void Every_address_of_a_subnet_is_given_before_it_is_full()
    {
        var subnet = Intent("10.0.0.0/24");
        var (blocks, held) = (new Dictionary<Address, AddressBlock>(), new Dictionary<Address, DateTime?>());
        while (Take(subnet, blocks, held, Noon)) { }
        Assert.Equal(subnet.Capacity, held.Count);
    }

    [Fact]
    public void A_blocks_name_is_its_place() =>
        Assert.Equal("net-0a000040", BlockPlan.NameOf("net", BlockPlan.FirstOf(Address.Parse("10.0.0.77"))));

    [Fact]
    public void A_range_spans_each_of_its_blocks_once()
    {
        var blocks = BlockPlan.BlocksOf(Address.Parse("10.0.0.70"), Address.Parse("10.0.3.1"), "seed").ToList();
        Assert.Equal(12, blocks.Count); // .0.64 to .3.0, 64 apart
        Assert.Equal(blocks.Count, blocks.Distinct().Count());
        Assert.Equal(
            65_536,
            BlockPlan.BlocksOf(Address.Parse("fd00::"), Address.Parse("fd00::ffff:ffff:ffff:ffff"), "seed").Count()
        );
    }

    private static bool Take(
        SubnetIntent subnet,
        Dictionary<Address, AddressBlock> blocks,
        Dictionary<Address, DateTime?> held,
        DateTime now
    )
    {
        foreach (var first in BlockPlan.BlocksOf(subnet.Cidr.First, subnet.Cidr.Last, "seed"))
        {
            var block = blocks.GetValueOrDefault(first);
            if (BlockPlan.FreeIn(block, first, subnet.Gives, now) is not { } address)
            {
                continue;
            }
            Assert.True(subnet.Gives(address));
            if (held.TryGetValue(address, out var released))
            {
                Assert.True(released is { } at && now - at >= BlockPlan.Rest, $"{address} is held or rests");
            }
            held[address] = null;
            blocks[first] = BlockPlan.Take(
                block
                    ?? new AddressBlock
                    {
                        Spec = new AddressBlockSpec { Subnet = "net", First = first.ToString() },
                    },
                address,
                new Wish("space/pod-eth0-000000", "uid", null, null),
                now
            );
            return true;
        }
        return false;
    }

    private static SubnetIntent Intent(string cidr)
    {
        SubnetIntent.Judge(new Subnet { Spec = new SubnetSpec { Cidr = cidr } }, [], out var intent);
        return intent ?? throw new InvalidOperationException(cidr);
    }
}
