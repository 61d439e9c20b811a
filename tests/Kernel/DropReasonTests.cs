using System.Text.RegularExpressions;
using Tombolo.Agent.Datapath;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>Every reason that a program can give is in a table, and every reason there is in the documentation.</summary>
public sealed class DropReasonTests
{
    // Given by tests of their own, or by a route that says so.
    private static readonly DropReason[] Elsewhere =
    [
        DropReason.UnknownInterface,
        DropReason.NotMarked,
        DropReason.BaselineDeny,
    ];

    [Fact]
    public void Every_reason_in_the_programs_has_a_row_that_gives_it()
    {
        var sources = Directory
            .GetFiles(Path.Combine(BpfBuild.Root, "bpf"), "*.bpf.c")
            .Concat(Directory.GetFiles(Path.Combine(BpfBuild.Root, "bpf/lib")));
        var inPrograms = sources
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\bDROP_([a-z_0-9]+)\b"))
            .Select(match => match.Groups[1].Value)
            .Where(name => name != "none")
            .ToHashSet();
        var inRows = FromPodTests
            .Rows.Concat(FromUnderlayTests.Rows)
            .Select(row => row.Data.Reason)
            .Concat(Elsewhere)
            .Where(reason => reason != DropReason.None)
            .Select(reason => reason.Name())
            .ToHashSet();
        Assert.Empty(inPrograms.Except(inRows));
        Assert.Contains("stale_label", inPrograms);
    }

    [Fact]
    public void Every_reason_is_explained_once_and_in_order()
    {
        var text = File.ReadAllText(Path.Combine(BpfBuild.Root, "docs/drops.md"));
        var explained = Regex
            .Matches(text, @"^### `([a-z_0-9]+)`$", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value);
        Assert.Equal(
            Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(reason => reason.Name()),
            explained
        );
    }

    [Fact]
    public void Each_explanation_says_what_why_and_what_to_do()
    {
        var text = File.ReadAllText(Path.Combine(BpfBuild.Root, "docs/drops.md"));
        foreach (var part in text.Split("\n### ")[1..])
        {
            Assert.True(
                part.Contains("\n*Likely:*", StringComparison.Ordinal)
                    && part.Contains("\n*Do:*", StringComparison.Ordinal),
                part.Split('\n')[0]
            );
        }
    }
}
