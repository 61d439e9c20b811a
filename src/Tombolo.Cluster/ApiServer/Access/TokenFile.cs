using System.Security.Cryptography;
using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Users by bearer token, from lines <c>token,user,uid,"group1,group2"</c>; read again when the file changes.</summary>
internal sealed class TokenFile(string path)
{
    private readonly Lock gate = new();
    private DateTime readAt = DateTime.MinValue;
    private List<(byte[] Token, User User)> users = [];

    public User? Find(ReadOnlySpan<byte> token)
    {
        User? found = null;
        foreach (var (known, user) in Users())
        {
            if (CryptographicOperations.FixedTimeEquals(known, token))
            {
                found = user;
            }
        }
        return found;
    }

    private List<(byte[] Token, User User)> Users()
    {
        lock (gate)
        {
            var written = File.GetLastWriteTimeUtc(path); // 1601 if there is no file
            if (written != readAt)
            {
                readAt = written;
                users = File.Exists(path) ? [.. File.ReadLines(path).Select(Read).OfType<(byte[], User)>()] : [];
            }
            return users;
        }
    }

    private static (byte[], User)? Read(string line)
    {
        var fields = line.Split(',', 4);
        if (line.StartsWith('#') || fields.Length < 2 || fields[0].Trim().Length == 0)
        {
            return null;
        }
        var groups = fields.Length > 3 ? fields[3].Trim().Trim('"').Split(',', StringSplitOptions.TrimEntries) : [];
        var uid = fields.Length > 2 ? fields[2].Trim() : "";
        var user = new User(fields[1].Trim(), uid, [.. groups.Where(g => g.Length > 0), "system:authenticated"]);
        return (Encoding.UTF8.GetBytes(fields[0].Trim()), user);
    }
}
