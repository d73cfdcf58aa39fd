namespace Devoxx.Supervisor.Journal;

/// <summary>One row of <c>event_journal</c>, on its way in.</summary>
/// <param name="Timestamp">UTC, in ticks of 100 ns since year 1, as Akka.Persistence.Sqlite has it.</param>
internal sealed record EventRow(
    string PersistenceId, long SequenceNr, string Manifest, long Timestamp, byte[] Payload, string? Tags, int SerializerId);

/// <summary>One row of <c>snapshot</c>.</summary>
/// <param name="CreatedAt">UTC, in ticks of 100 ns since year 1.</param>
internal sealed record SnapshotRow(
    string PersistenceId, long SequenceNr, long CreatedAt, string Manifest, byte[] Payload, int SerializerId);
