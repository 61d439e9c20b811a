namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A CNI plugin as a shell script: it writes down what it is told and answers from files.</summary>
internal sealed class FakePlugin
{
    private readonly string folder;

    public FakePlugin(string folder, string type = "fake")
    {
        this.folder = Path.Combine(folder, type);
        Binaries = Path.Combine(folder, "bin");
        Directory.CreateDirectory(this.folder);
        Directory.CreateDirectory(Binaries);
        var script = Path.Combine(Binaries, type);
        // One file a call, named by the order of calls; the address is the call's number.
        File.WriteAllText(
            script,
            $$"""
            #!/bin/sh
            cd {{this.folder}}
            exec 9>>count; flock 9
            echo x >&9; n=$(wc -l < count)
            exec 9>&-
            mkdir call-$n
            cat > call-$n/stdin
            env | grep ^CNI_ | sort > call-$n/env
            if [ -e refusal-$CNI_COMMAND ]; then cat refusal-$CNI_COMMAND; exit 1; fi
            if [ -e words-$CNI_COMMAND ]; then cat words-$CNI_COMMAND >&2; exit 3; fi
            [ "$CNI_COMMAND" = ADD ] || exit 0
            if [ -e result ]; then cat result; exit 0; fi
            echo '{"cniVersion":"1.1.0","interfaces":[{"name":"veth0"},{"name":"eth0","sandbox":"x"}],
              "ips":[{"address":"10.1.0.'$n'/24","interface":1},{"address":"fd10::'$n'/64","interface":1}]}'
            """
        );
#pragma warning disable CA1416 // Linux only, as all of this
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
#pragma warning restore CA1416
    }

    public string Binaries { get; }

    public void Refuse(string command, string json) => Write($"refusal-{command}", json);

    public void Accept(string command) => File.Delete(Path.Combine(folder, $"refusal-{command}"));

    public void Say(string command, string words) => Write($"words-{command}", words);

    public void Answer(string result) => Write("result", result);

    /// <summary>Environment and standard input of each call, in order.</summary>
    public IReadOnlyList<(IReadOnlyDictionary<string, string> Environment, string Input)> Calls() =>
        [
            .. Enumerable
                .Range(1, Directory.GetDirectories(folder).Length)
                .Select(n => Path.Combine(folder, $"call-{n}"))
                .Where(call => File.Exists(Path.Combine(call, "env")))
                .Select(call =>
                    (
                        (IReadOnlyDictionary<string, string>)
                            File.ReadAllLines(Path.Combine(call, "env"))
                                .Select(line => line.Split('=', 2))
                                .ToDictionary(pair => pair[0], pair => pair[1]),
                        File.ReadAllText(Path.Combine(call, "stdin"))
                    )
                ),
        ];

    public IReadOnlyList<string> Commands() => [.. Calls().Select(call => call.Environment["CNI_COMMAND"])];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
