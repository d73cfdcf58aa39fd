using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using Devoxx.Native.Failpoints;

namespace Devoxx.Supervisor.Journal;

/// <summary>Akka's snapshot store over <see cref="JournalDatabase"/>: one snapshot per actor and sequence number.</summary>
public sealed class SqliteSnapshotStore : SnapshotStore
{
    private readonly JournalDatabase database;
    private readonly PayloadCodec codec;

    /// <param name="config">The plugin's section; everything in it is Akka's own.</param>
    public SqliteSnapshotStore(Config config)
    {
        _ = config;
        database = JournalConfig.DatabaseOf(Context.System);
        codec = new PayloadCodec(Context.System.Serialization);
    }

    /// <inheritdoc/>
    protected override Task<SelectedSnapshot> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        database.ReadAsync<SelectedSnapshot>(statements =>
        {
            var row = statements.Snapshot(persistenceId, criteria.MaxSequenceNr, criteria.MaxTimeStamp.Ticks);

            // Null is Akka's word for "there is none".
            return row is null
                ? null!
                : new SelectedSnapshot(
                    new SnapshotMetadata(persistenceId, row.SequenceNr, new DateTime(row.CreatedAt, DateTimeKind.Utc)),
                    codec.Read(row.Payload, row.SerializerId, row.Manifest));
        });

    /// <inheritdoc/>
    protected override async Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var (payload, manifest, serializer) = codec.Write(snapshot);
        var row = new SnapshotRow(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks, manifest, payload, serializer);
        Reach(manifest, ".before");
        await database.Writer.WriteAsync(statements =>
        {
            statements.SaveSnapshot(row);
            return 0;
        }).ConfigureAwait(false);
        Reach(manifest, ".after");
    }

    /// <inheritdoc/>
    /// <remarks>A time in the metadata is an upper bound; its least value says "whenever it was".</remarks>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) =>
        DeleteAsync(metadata.PersistenceId, metadata.SequenceNr, metadata.SequenceNr, 0,
            metadata.Timestamp == DateTime.MinValue ? long.MaxValue : metadata.Timestamp.Ticks);

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        DeleteAsync(persistenceId, criteria.MinSequenceNr, criteria.MaxSequenceNr,
            criteria.MinTimestamp?.Ticks ?? 0, criteria.MaxTimeStamp.Ticks);

    private static void Reach(string manifest, string when)
    {
        if (Failpoint.IsActive)
        {
            Failpoint.Reach("journal." + manifest + when);
        }
    }

    private Task DeleteAsync(string persistenceId, long from, long to, long since, long until) =>
        database.Writer.WriteAsync(statements =>
        {
            statements.DeleteSnapshots(persistenceId, from, to, since, until);
            return 0;
        });
}
