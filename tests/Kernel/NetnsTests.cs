using Tombolo.Linux;

namespace Tombolo.Tests.Kernel;

public sealed class NetnsTests : KernelTest
{
    private static string Current() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!; // a link on any Linux

    [Fact]
    public void A_body_runs_inside_and_the_caller_stays_outside()
    {
        var path = NewNetns("a");
        var outside = Current();
        var inside = Netns.Run(path, Current);
        Assert.NotEqual(outside, inside);
        Assert.Equal(outside, Current());
        Assert.Equal(inside, Netns.Run(path, Current));
    }

    [Fact]
    public void A_new_namespace_has_a_loopback_and_nothing_else()
    {
        using var netlink = Netlink.Open(NewNetns("a"));
        var link = Assert.Single(netlink.Links.List());
        Assert.Equal("lo", link.Name);
        Assert.True(link.IsUp);
    }

    [Fact]
    public void A_name_is_given_once()
    {
        var path = NewNetns("a");
        var refused = Assert.Throws<LinuxException>(() => Netns.Create(path));
        Assert.Equal(Errno.EEXIST, refused.Errno);
        Assert.Equal($"netns: create {path}: EEXIST", refused.Message);
    }

    [Fact]
    public void Deleting_takes_the_name_and_its_mount()
    {
        var path = NewNetns("a");
        Assert.Contains(path, File.ReadAllText("/proc/self/mountinfo"));
        Assert.True(Netns.Delete(path));
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/mountinfo"));
        Assert.False(Netns.Delete(path));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Netns.Open(path)).Errno);
    }

    [Fact]
    public void What_a_body_throws_reaches_the_caller() =>
        Assert.Throws<InvalidDataException>(() =>
            Netns.Run(NewNetns("a"), () => throw new InvalidDataException("of the body"))
        );

    [Fact]
    public void A_sysctl_is_written_in_the_namespace_alone()
    {
        var path = NewNetns("a");
        var outside = Netns.ReadSysctl(null, "net.ipv4.ip_forward");
        Netns.WriteSysctl(path, "net.ipv4.ip_forward", "1");
        Assert.Equal("1", Netns.ReadSysctl(path, "net.ipv4.ip_forward"));
        Netns.WriteSysctl(path, "net.ipv4.ip_forward", "0");
        Assert.Equal("0", Netns.ReadSysctl(path, "net.ipv4.ip_forward"));
        Assert.Equal(outside, Netns.ReadSysctl(null, "net.ipv4.ip_forward"));
    }

    [Fact]
    public void A_refused_sysctl_names_file_and_value()
    {
        var refused = Assert.Throws<LinuxException>(() =>
            Netns.WriteSysctl(NewNetns("a"), "net.ipv4.ip_forward", "many")
        );
        Assert.Equal("write /proc/sys/net/ipv4/ip_forward: EINVAL (value 'many')", refused.Message);
    }
}
