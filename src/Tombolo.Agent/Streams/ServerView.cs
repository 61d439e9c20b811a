using Google.Protobuf;
using Tombolo.Stream;

namespace Tombolo.Agent.Streams;

/// <summary>
/// What one route server says that this node is to hold. A new stream brings a snapshot over what the last one said:
/// what it no longer names is kept until end of sync, since until then the server may not know it yet.
/// </summary>
internal sealed class ServerView(string address)
{
    private readonly Dictionary<Key, Entry> entries = [];
    private readonly HashSet<Key> unconfirmed = [];
    private UInt128 digest;

    public string Address => address;

    /// <summary>As the server calls itself; empty until it said so.</summary>
    public string Name { get; set; } = "";

    /// <summary>The highest version that is complete in here.</summary>
    public ulong Version { get; private set; }

    /// <summary>An end of sync came, on this stream or an earlier one: what is in here may be applied.</summary>
    public bool Synced { get; private set; }

    public bool Connected { get; private set; }

    /// <summary>Equal for views that hold the same entries, in whatever order they came.</summary>
    public UInt128 Digest => digest;

    public IReadOnlyCollection<Entry> Entries => entries.Values;

    /// <summary>A stream is open: its versions count anew.</summary>
    public void Begin()
    {
        Connected = true;
        Version = 0;
        unconfirmed.UnionWith(entries.Keys);
    }

    public void Lost() => Connected = false;

    /// <returns>True if a version is complete with it.</returns>
    public bool Apply(Delta delta)
    {
        foreach (var entry in delta.Put)
        {
            if (KeyOf(entry) is { } key)
            {
                Remove(key);
                entries[key] = entry;
                digest ^= Number(entry.Hash);
            }
        }
        foreach (var key in delta.Remove)
        {
            Remove(key);
        }
        if (delta.Version == 0)
        {
            return false;
        }
        Version = delta.Version;
        return true;
    }

    public void EndSync()
    {
        foreach (var key in unconfirmed.ToList())
        {
            Remove(key);
        }
        Synced = true;
    }

    /// <summary>What an entry is called; null for a kind that this agent does not know.</summary>
    private static Key? KeyOf(Entry entry) =>
        entry.OfCase switch
        {
            Entry.OfOneofCase.Settings => new Key { Kind = EntryKind.EntrySettings },
            Entry.OfOneofCase.Vrf => new Key { Kind = EntryKind.EntryVrf, Name = entry.Vrf.Name },
            Entry.OfOneofCase.Interface => new Key { Kind = EntryKind.EntryInterface, Name = entry.Interface.Uid },
            Entry.OfOneofCase.Tunnel => new Key
            {
                Kind = EntryKind.EntryTunnel,
                Name = $"{entry.Tunnel.Cluster}/{entry.Tunnel.Node}",
            },
            Entry.OfOneofCase.Route => new Key
            {
                Kind = EntryKind.EntryRoute,
                Name = entry.Route.Vrf,
                Prefix = entry.Route.Prefix,
            },
            _ => null,
        };

    private void Remove(Key key)
    {
        unconfirmed.Remove(key);
        if (entries.Remove(key, out var old))
        {
            digest ^= Number(old.Hash);
        }
    }

    private static UInt128 Number(ByteString hash) =>
        hash.Length == 16 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash.Span) : 0;
}
