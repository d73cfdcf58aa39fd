using System.Collections.Immutable;
using System.Text.Json;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Journal;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Projects;
using Devoxx.Supervisor.Volumes;
using Microsoft.Data.Sqlite;

namespace Devoxx.Supervisor.Foretelling;

/// <summary>
/// What a state root keeps, read while no supervisor runs: what each actor would be after replay, and, of what was running and
/// has died meanwhile, after its recovery. Reads only; not even the files beside the journal are made that SQLite shares with writers.
/// </summary>
internal sealed class KeptState
{
    private const string OfContainer = "container-", OfProject = "project-", OfVolume = "volume-", OfNetwork = "network-";

    private static readonly string Wanted = string.Join(
        " OR ", new[] { OfContainer, OfProject, OfVolume, OfNetwork }.Select(prefix => $"persistence_id LIKE '{prefix}%'"));

    private readonly Dictionary<string, object> states = new(StringComparer.Ordinal);

    private KeptState()
    {
    }

    public ImmutableArray<VolumeState> Volumes => [.. States<VolumeState>(OfVolume).Where(ProjectObservation.Exists)];

    public ImmutableArray<NetworkState> Networks => [.. States<NetworkState>(OfNetwork).Where(ProjectObservation.Exists)];

    /// <summary>Those that exist, of all projects.</summary>
    public ImmutableArray<ContainerState> Containers => [.. States<ContainerState>(OfContainer).Where(ProjectObservation.Exists)];

    /// <summary>Null: it has never been there.</summary>
    public ProjectState? Project(string name) => states.GetValueOrDefault(OfProject + name) as ProjectState;

    /// <exception cref="JournalException">The journal is damaged, of a newer version, or cannot be read.</exception>
    public static KeptState Read(StateRoot root, DateTimeOffset now)
    {
        var kept = new KeptState();
        if (new FileInfo(root.JournalPath) is { Exists: true, Length: > 0 })
        {
            kept.Replay(root.JournalPath);
            kept.Recover(root, now);
        }

        return kept;
    }

    private IEnumerable<T> States<T>(string prefix) => states.Where(s => s.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(s => s.Value).OfType<T>();

    private void Replay(string path)
    {
        try
        {
            using var connection = JournalDatabase.ConnectToLook(path);
            if (!JournalSchema.IsCurrent(connection, path))
            {
                return;
            }

            // SQLite gives the other columns of the row that has the greatest number.
            Each(connection, $"SELECT persistence_id, manifest, payload, max(sequence_nr) FROM snapshot WHERE {Wanted} GROUP BY persistence_id", (id, state) => states[id] = state);
            Each(connection, $"""
                SELECT persistence_id, manifest, payload FROM event_journal AS e WHERE ({Wanted})
                AND sequence_nr > ifnull((SELECT max(s.sequence_nr) FROM snapshot AS s WHERE s.persistence_id = e.persistence_id), 0) ORDER BY ordering
                """, (id, happened) => states[id] = Apply(states.GetValueOrDefault(id), happened));
        }
        catch (SqliteException e)
        {
            throw JournalException.From(path, e);
        }
    }

    private static void Each(SqliteConnection connection, string sql, Action<string, object> take)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var manifest = row.GetString(1);
            if (!EventCatalog.Types.TryFind(manifest, out var type))
            {
                throw new JournalException(connection.DataSource, $"holds a '{manifest}', which this devoxx-compose does not know; was it written by a newer one?");
            }

            take(row.GetString(0), type.Upgrade(JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(2), type.Json)!));
        }
    }

    private static object Apply(object? state, object happened) => happened switch
    {
        IContainerEvent e => (state as ContainerState ?? ContainerState.Initial).Apply(e),
        IVolumeEvent e => (state as VolumeState ?? VolumeState.Initial).Apply(e),
        INetworkEvent e => (state as NetworkState ?? NetworkState.Initial).Apply(e),
        IProjectEvent e => (state as ProjectState ?? ProjectState.Initial).Apply(e),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is not of a container, volume, network or project"),
    };

    /// <summary>What has died while nobody looked has ended, and its policy says what comes then.</summary>
    private void Recover(StateRoot root, DateTimeOffset now)
    {
        foreach (var (id, state) in states.Where(s => s.Value is ContainerState { Process: not null }).Select(s => (s.Key, (ContainerState)s.Value)).ToList())
        {
            using var monitor = MonitorProcess.Adopt(state.Process!);
            if (monitor is null)
            {
                var record = MonitorProcess.ReadExit(root.Bundle(state.Spec!.Id), state.Process, state.StartRequestedAt);
                states[id] = ContainerDecisions.Decide(state, new RunEnded(state.Run, record, null), now).Events.Aggregate(state, (s, e) => s.Apply(e));
            }
        }
    }
}
