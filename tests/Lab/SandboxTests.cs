using Tombolo.Cluster.Kubelet;
using Tombolo.Lab.Sandboxes;
using Tombolo.Linux;
using Tombolo.Tests.Kernel;

namespace Tombolo.Tests.Lab;

public sealed class SandboxTests : KernelTest
{
    private static readonly Dictionary<string, string> Environ = new() { ["PATH"] = "/usr/bin:/bin", ["MINE"] = "yes" };
    private readonly NetnsSandbox sandbox;
    private readonly string id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()).PadLeft(64, '0');

    public SandboxTests() => sandbox = new NetnsSandbox(Pods, "test-instance");

    private string Pods => Path.Combine(Home, "pods");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<SandboxHandle> CreateAsync(bool hostNetwork = false) =>
        sandbox.CreateAsync(
            new SandboxSpec(id, "red", "a", "uid-1", "host-of-a", "nameserver 10.96.0.10\n", Home, hostNetwork),
            Cancel
        );

    private Task<ISandboxProcess> StartAsync(ProcessSpec spec) => sandbox.StartAsync(id, spec, Cancel);

    private async Task<string> PrintAsync(string script)
    {
        await using var process = await StartAsync(new ProcessSpec(["sh", "-c", script], Environ));
        var text = await new StreamReader(process.Stdout!).ReadToEndAsync(Cancel);
        Assert.Equal(0, await process.ExitCode);
        return text;
    }

    [Fact]
    public async Task A_pod_has_its_own_network_host_name_and_resolver()
    {
        var handle = await CreateAsync();
        Assert.Equal("host-of-a\n", await PrintAsync("hostname"));
        Assert.Equal("nameserver 10.96.0.10\n", await PrintAsync("cat /etc/resolv.conf"));
        Assert.Equal("lo\n", await PrintAsync("ip -o link | cut -d' ' -f2 | tr -d :"));
        Assert.Equal("/\n", await PrintAsync("pwd"));
        Assert.Equal("yes\n", await PrintAsync("echo $MINE"));
        Assert.Equal(
            await PrintAsync("readlink /proc/self/ns/net"),
            Exec(handle.NetnsPath, "readlink", "/proc/self/ns/net")
        );
        Assert.DoesNotContain("10.96.0.10", await File.ReadAllTextAsync("/etc/resolv.conf", Cancel));
    }

    [Fact]
    public async Task A_pod_on_its_nodes_network_shares_it_and_no_more()
    {
        var handle = await CreateAsync(hostNetwork: true);
        Assert.Equal(
            new FileInfo("/proc/self/ns/net").LinkTarget + "\n",
            await PrintAsync("readlink /proc/self/ns/net")
        );
        Assert.Equal("host-of-a\n", await PrintAsync("hostname"));
        Assert.Equal(handle, Assert.Single(sandbox.List()));
    }

    [Fact]
    public async Task A_process_appends_to_its_log_and_tells_its_code()
    {
        await CreateAsync();
        var log = Path.Combine(Home, "log");
        for (var time = 0; time < 2; time++)
        {
            await using var process = await StartAsync(
                new ProcessSpec(["/bin/sh", "-c", "echo out; echo err >&2; read x; exit 7"], Environ, LogFile: log)
            );
            Assert.Null(process.Stdout);
            Assert.Equal(7, await process.ExitCode);
        }
        Assert.Equal("out\nerr\nout\nerr\n", await File.ReadAllTextAsync(log, Cancel));
    }

    [Fact]
    public async Task Streams_carry_input_output_and_errors()
    {
        await CreateAsync();
        await using var process = await StartAsync(
            new ProcessSpec(["sh", "-c", "cat; echo e >&2"], Environ, WorkingDirectory: "/tmp", Stdin: true)
        );
        await process.Stdin!.WriteAsync("hello"u8.ToArray(), Cancel);
        await process.Stdin.DisposeAsync();
        Assert.Equal("hello", await new StreamReader(process.Stdout!).ReadToEndAsync(Cancel));
        Assert.Equal("e\n", await new StreamReader(process.Stderr!).ReadToEndAsync(Cancel));
        Assert.Equal(0, await process.ExitCode);
    }

    [Fact]
    public async Task A_terminal_is_the_programs_own_and_has_a_size()
    {
        await CreateAsync();
        await using var process = await StartAsync(
            new ProcessSpec(
                ["sh", "-c", "read x; stty size; ps -o tty= -p $$ >/dev/tty"],
                Environ,
                Stdin: true,
                Tty: true
            )
        );
        process.Resize(100, 40);
        await process.Stdin!.WriteAsync("go\n"u8.ToArray(), Cancel);
        var text = await new StreamReader(process.Stdout!).ReadToEndAsync(Cancel);
        Assert.Contains("40 100", text);
        Assert.Contains("pts/", text);
        Assert.Equal(0, await process.ExitCode);
    }

    [Theory]
    [InlineData("exec: \"nosuch\": executable file not found in $PATH", "nosuch")]
    [InlineData("exec: \"/no/such\": no such file or directory", "/no/such")]
    [InlineData("exec: \"/etc/passwd\": permission denied", "/etc/passwd")]
    public async Task A_program_that_is_not_there_is_said_before_the_start(string message, string program)
    {
        await CreateAsync();
        var refused = await Assert.ThrowsAsync<SandboxException>(() => StartAsync(new ProcessSpec([program], Environ)));
        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public async Task A_signal_ends_a_process_and_kill_its_session()
    {
        await CreateAsync();
        await using var one = await StartAsync(new ProcessSpec(["sleep", "1000"], Environ));
        one.Signal(Signals.Terminate);
        Assert.Equal(128 + 15, await one.ExitCode);
        await using var two = await StartAsync(new ProcessSpec(["sh", "-c", "sleep 1000 & echo $!; wait"], Environ));
        var child = int.Parse((await new StreamReader(two.Stdout!).ReadLineAsync(Cancel))!);
        two.Kill();
        Assert.Equal(128 + 9, await two.ExitCode);
        await Wait.UntilAsync(() => HasEnded(child), "the session's other process has ended");
    }

    [Fact]
    public async Task Another_kubelet_finds_the_sandbox_and_its_processes()
    {
        var handle = await CreateAsync();
        await using var process = await StartAsync(new ProcessSpec(["sleep", "1000"], Environ, LogFile: "/dev/null"));
        var next = new NetnsSandbox(Pods, "test-instance");
        Assert.Equal(handle, Assert.Single(next.List()));
        Assert.Null(next.Adopt(id, process.Pid, process.StartTime + 1));
        await using var adopted = next.Adopt(id, process.Pid, process.StartTime)!;
        Assert.False(adopted.ExitCode.IsCompleted);
        adopted.Kill();
        Assert.Equal(ISandboxProcess.UnknownExit, await adopted.ExitCode.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
    }

    [Fact]
    public async Task Removing_ends_everything_also_who_hides()
    {
        var handle = await CreateAsync();
        // Neither its session, nor its environment, nor its parent tells that it is the pod's.
        var hidden = int.Parse(
            await PrintAsync("setsid env -i sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & sleep 0.2")
        );
        Assert.False(HasEnded(hidden));
        await sandbox.RemoveAsync(id, Cancel);
        Assert.True(HasEnded(hidden));
        Assert.True(HasEnded(handle.Pid));
        Assert.Empty(sandbox.List());
        Assert.False(Directory.Exists(Path.Combine(Pods, id)));
        Assert.DoesNotContain(id, await File.ReadAllTextAsync("/proc/self/mountinfo", Cancel));
        await sandbox.RemoveAsync(id, Cancel);
    }

    [Fact]
    public async Task Without_its_holder_a_sandbox_is_none_and_is_made_anew()
    {
        var handle = await CreateAsync();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-9", $"{handle.Pid}"]))
        {
            await kill.WaitForExitAsync(Cancel);
        }
        await Wait.UntilAsync(() => HasEnded(handle.Pid), "the holder has ended");
        Assert.Empty(sandbox.List());
        await Assert.ThrowsAsync<SandboxException>(() => StartAsync(new ProcessSpec(["true"], Environ)));
        Assert.NotEqual(handle.Pid, (await CreateAsync()).Pid);
        Assert.Equal("host-of-a\n", await PrintAsync("hostname"));
    }

    private static bool HasEnded(int pid) =>
        !File.Exists($"/proc/{pid}/stat")
        || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    public override void Dispose()
    {
        // Not cancelled by a test's timeout: what was made goes.
        sandbox.RemoveAsync(id, CancellationToken.None).GetAwaiter().GetResult();
        base.Dispose();
    }
}
