using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Devoxx.Native.Failpoints;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Journal;

/// <summary>
/// Akka's journal over <see cref="JournalDatabase"/>. An event that cannot be serialized is rejected, alone; a write
/// that fails fails its whole batch, upon which Akka stops the actors concerned.
/// </summary>
public sealed class SqliteJournal : AsyncWriteJournal
{
    private readonly JournalDatabase database;
    private readonly PayloadCodec codec;

    /// <param name="config">The plugin's section; everything in it is Akka's own.</param>
    public SqliteJournal(Config config)
    {
        _ = config;
        database = JournalConfig.DatabaseOf(Context.System);
        codec = new PayloadCodec(Context.System.Serialization);
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var rows = new List<EventRow>();
        List<Exception?>? results = null;
        var count = 0;
        foreach (var message in messages)
        {
            var kept = rows.Count;
            var rejection = default(Exception);
            try
            {
                foreach (var representation in (IEnumerable<IPersistentRepresentation>)message.Payload)
                {
                    rows.Add(ToRow(representation));
                }
            }
            catch (Exception e)
            {
                // All of an atomic write or nothing.
                rows.RemoveRange(kept, rows.Count - kept);
                rejection = e;
            }

            if (rejection is not null && results is null)
            {
                results = [.. Enumerable.Repeat<Exception?>(null, count)];
            }

            results?.Add(rejection);
            count++;
        }

        if (rows.Count > 0)
        {
            Reach(rows, ".before");
            await database.Writer.WriteAsync(statements =>
            {
                foreach (var row in rows)
                {
                    statements.InsertEvent(row);
                }

                return rows.Count;
            }).ConfigureAwait(false);
            Reach(rows, ".after");
        }

        // Null is Akka's word for "none was rejected".
        return results is null ? null! : ImmutableList.CreateRange(results.Select(rejection => rejection!));
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        database.Writer.WriteAsync(statements =>
        {
            statements.DeleteEvents(persistenceId, toSequenceNr);
            return 0;
        });

    /// <inheritdoc/>
    /// <remarks>Behind the writes under way: an actor that restarts must not get the number of one of them again.</remarks>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        database.Writer.ReadAfterWritesAsync(statements => statements.HighestSequenceNr(persistenceId));

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback) =>
        max <= 0
            ? Task.CompletedTask
            : database.ReadAsync(statements =>
            {
                statements.Events(persistenceId, fromSequenceNr, toSequenceNr, max, (row, isDeleted) => recoveryCallback(
                    new Persistent(
                        codec.Read(row.Payload, row.SerializerId, row.Manifest), row.SequenceNr, row.PersistenceId,
                        row.Manifest, isDeleted, ActorRefs.NoSender, null, row.Timestamp)));
                return 0;
            });

    /// <summary>The failpoints <c>journal.container.started.v1.before</c> and <c>.after</c>, of each event that is written.</summary>
    private static void Reach(List<EventRow> rows, string when)
    {
        if (Failpoint.IsActive)
        {
            rows.ForEach(row => Failpoint.Reach("journal." + row.Manifest + when));
        }
    }

    private EventRow ToRow(IPersistentRepresentation representation)
    {
        var payload = representation.Payload;
        string? tags = null;
        if (payload is Tagged tagged)
        {
            payload = tagged.Payload;
            tags = tagged.Tags.Count == 0 ? null : $";{string.Join(';', tagged.Tags)};";
        }
        else if (payload is IEvent happened)
        {
            tags = happened.Subject.ToTags();
        }

        var (bytes, manifest, serializer) = codec.Write(payload);
        return new EventRow(
            representation.PersistenceId, representation.SequenceNr, manifest, DateTime.UtcNow.Ticks, bytes, tags, serializer);
    }
}
