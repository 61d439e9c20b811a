using Tombolo.Linux.Bpf;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// Programs on devices, each by a pinned link, so that they filter on whether an agent runs or not. Devices are those of
/// the calling thread's network namespace.
/// </summary>
public sealed class Attachments
{
    private readonly string directory;

    public Attachments(string pinDirectory)
    {
        directory = Path.Combine(pinDirectory, "links");
        Directory.CreateDirectory(directory);
    }

    /// <summary>Indexes of devices that have a pinned link.</summary>
    public IReadOnlyCollection<int> Devices =>
        [.. Directory.GetFiles(directory).Select(pin => int.Parse(Path.GetFileName(pin).Split('-')[0])).Distinct()];

    /// <summary>
    /// Puts a program on a device, or in the place of the one that a former agent put there, between two packets.
    /// </summary>
    public void Attach(BpfProgram program, int ifIndex, TcxHook hook)
    {
        var pin = Path.Combine(directory, $"{ifIndex}-{program.Name}");
        using (var former = BpfPins.Link(pin))
        {
            if (former is not null)
            {
                if (former.TryUpdate(program))
                {
                    return;
                }
                // Severed: the device it was made for is gone and another one has its index now.
                File.Delete(pin);
            }
        }
        using var link = TcxLink.Attach(program, ifIndex, hook);
        link.Pin(pin);
    }

    /// <summary>Takes our programs off a device; also cleans up after one that is gone.</summary>
    public void Detach(int ifIndex)
    {
        foreach (var pin in Directory.GetFiles(directory, $"{ifIndex}-*"))
        {
            using var link = BpfPins.Link(pin);
            link?.Detach();
            File.Delete(pin);
        }
    }

    /// <summary>Whether the device is there and our programs are on it.</summary>
    public bool IsAttached(int ifIndex)
    {
        var pins = Directory.GetFiles(directory, $"{ifIndex}-*");
        return pins.Length > 0
            && pins.All(pin =>
            {
                using var link = BpfPins.Link(pin);
                return link?.IfIndex == ifIndex;
            });
    }
}
