using System.Text;
using Tombolo.Linux;

namespace Tombolo.Tests.Kernel;

public sealed class PtyTests : KernelTest
{
    [Fact]
    public void What_a_program_writes_to_its_terminal_the_keeper_reads()
    {
        using var pty = Pty.Open();
        pty.Resize(120, 40);
        var program = Exec(
            "/proc/self/ns/net",
            "sh",
            "-c",
            $"exec setsid --ctty --wait sh -c 'stty size; tty' < {pty.Path} > {pty.Path} 2>&1"
        );
        Assert.Empty(program);
        var expected = $"40 120\r\n{pty.Path}\r\n";
        // The line discipline hands on what was written when a kernel worker gets to it: two writes can be two reads.
        var octets = new byte[expected.Length];
        pty.Controller.ReadExactly(octets);
        Assert.Equal(expected, Encoding.ASCII.GetString(octets));
    }

    [Fact]
    public void A_file_lock_has_one_holder()
    {
        var path = Path.Combine(Home, "lock");
        using (Files.TryLock(path))
        {
            Assert.Null(Files.TryLock(path));
        }
        using var again = Files.TryLock(path);
        Assert.NotNull(again);
    }
}
