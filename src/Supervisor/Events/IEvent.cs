namespace Devoxx.Supervisor.Events;

/// <summary>
/// Something that has happened, as the journal keeps it: a sealed record, named in the past tense, registered in an
/// <see cref="EventTypes"/> under a manifest with a version. Extend only: a published version never loses, renames or
/// retypes a field; what would have to is a new version.
/// </summary>
public interface IEvent
{
    /// <summary>What the event is about. Stored as the journal's tags, by which the event log is filtered.</summary>
    Subject Subject { get; }
}
