using Microsoft.Data.Sqlite;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// The objects on disk: SQLite in WAL mode, synchronous=FULL, so a commit returns after its fsync. Used by one thread
/// at a time.
/// </summary>
internal sealed class ObjectDatabase : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand put;
    private readonly SqliteCommand remove;
    private readonly SqliteCommand mark;

    /// <param name="quota">Most octets that the file may take.</param>
    /// <exception cref="StorageException">The file cannot be opened or is no such database.</exception>
    public ObjectDatabase(string path, long quota)
    {
        connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                DefaultTimeout = 2,
            }.ToString()
        );
        try
        {
            connection.Open();
            Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE;");
            Run($"PRAGMA max_page_count={Math.Max(quota / 4096, 16)};"); // pages of 4,096 octets, SQLite's default
            Run(
                """
                CREATE TABLE IF NOT EXISTS objects (
                    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                    revision INTEGER NOT NULL, json BLOB NOT NULL,
                    PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS revision (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL);
                INSERT OR IGNORE INTO revision VALUES (1, 1);
                """
            );
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StorageException($"database: open {path}: {error.Message}", error);
        }
        put = Prepare(
            "INSERT OR REPLACE INTO objects VALUES ($kind, $namespace, $name, $revision, $json)",
            "$kind",
            "$namespace",
            "$name",
            "$revision",
            "$json"
        );
        remove = Prepare(
            "DELETE FROM objects WHERE kind = $kind AND namespace = $namespace AND name = $name",
            "$kind",
            "$namespace",
            "$name"
        );
        mark = Prepare("UPDATE revision SET value = $value WHERE id = 1", "$value");
    }

    /// <summary>Everything held, and the revision of the last commit.</summary>
    public (List<StoredObject> Objects, long Revision) Load()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM revision";
        var revision = (long)command.ExecuteScalar()!; // the row is made with the table
        command.CommandText = "SELECT kind, namespace, name, revision, json FROM objects";
        var objects = new List<StoredObject>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var key = new ObjectKey(row.GetString(1), row.GetString(2));
            objects.Add(new StoredObject(row.GetString(0), key, row.GetInt64(3), row.GetFieldValue<byte[]>(4)));
        }
        return (objects, revision);
    }

    /// <summary>Commits all the changes or none.</summary>
    /// <exception cref="StorageException">The disk refused; the database is as before.</exception>
    public void Commit(IReadOnlyList<ObjectChange> changes, long revision)
    {
        try
        {
            using var transaction = connection.BeginTransaction();
            foreach (var change in changes)
            {
                Execute(change, transaction);
            }
            mark.Transaction = transaction;
            mark.Parameters[0].Value = revision;
            mark.ExecuteNonQuery();
            transaction.Commit();
        }
        catch (SqliteException error)
        {
            throw new StorageException($"database: commit revision {revision}: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        put.Dispose();
        remove.Dispose();
        mark.Dispose();
        connection.Dispose();
    }

    private void Execute(ObjectChange change, SqliteTransaction transaction)
    {
        var command = change.Deleted ? remove : put;
        command.Transaction = transaction;
        command.Parameters[0].Value = change.Object.Kind;
        command.Parameters[1].Value = change.Object.Key.Namespace;
        command.Parameters[2].Value = change.Object.Key.Name;
        if (!change.Deleted)
        {
            command.Parameters[3].Value = change.Revision;
            command.Parameters[4].Value = change.Object.Json;
        }
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }
        return command;
    }

    private void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
