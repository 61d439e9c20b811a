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
        // Two files a call, named by the process, and a line in the order of calls; the address is the process too.
        File.WriteAllText(
            script,
            $$"""
            #!/bin/sh
            cd {{this.folder}}
            cat > $$.input
            for name in COMMAND CONTAINERID NETNS IFNAME ARGS PATH; do eval "echo CNI_$name=\$CNI_$name"; done > $$.environment
            echo $$ >> order
            if [ -e refusal-$CNI_COMMAND ]; then cat refusal-$CNI_COMMAND; exit 1; fi
            if [ -e words-$CNI_COMMAND ]; then cat words-$CNI_COMMAND >&2; exit 3; fi
            [ "$CNI_COMMAND" = ADD ] || exit 0
            if [ -e result ]; then cat result; exit 0; fi
            echo '{"cniVersion":"1.1.0","interfaces":[{"name":"veth0"},{"name":"eth0","sandbox":"x"}],
              "ips":[{"address":"10.1.'$(($$ / 250 % 250)).$(($$ % 250 + 1))'/16","interface":1},{"address":"fd10::'$(($$ / 250 % 250)):$(($$ % 250 + 1))'/64","interface":1}]}'
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
            .. Processes()
                .Select(process =>
                    (
                        (IReadOnlyDictionary<string, string>)
                            File.ReadAllLines(Path.Combine(folder, $"{process}.environment"))
                                .Select(line => line.Split('=', 2))
                                .ToDictionary(pair => pair[0], pair => pair[1]),
                        File.ReadAllText(Path.Combine(folder, $"{process}.input"))
                    )
                ),
        ];

    public IReadOnlyList<string> Commands() => [.. Calls().Select(call => call.Environment["CNI_COMMAND"])];

    private string[] Processes() =>
        File.Exists(Path.Combine(folder, "order")) ? File.ReadAllLines(Path.Combine(folder, "order")) : [];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
