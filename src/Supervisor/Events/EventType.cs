using System.Text.Json.Serialization.Metadata;

namespace Devoxx.Supervisor.Events;

/// <summary>
/// One version of one kind of payload in the journal: an event, or the state an actor keeps in a snapshot.
/// </summary>
/// <param name="Manifest">Kind and version, as the journal's <c>manifest</c> column has it: <c>container.exited.v1</c>.</param>
/// <param name="Payload">The record whose JSON form the payload is.</param>
/// <param name="Json">How it is written and read.</param>
/// <param name="IsState">A state kept in snapshots, not an event.</param>
/// <param name="Upgrade">Turns what an earlier version read into what the code knows today.</param>
/// <param name="Description">The rest of the event's line for people: <c>exit code 137 (SIGKILL), out of memory</c>.</param>
public sealed record EventType(
    string Manifest,
    Type Payload,
    JsonTypeInfo Json,
    bool IsState,
    Func<object, object> Upgrade,
    Func<object, string> Description)
{
    /// <summary>The manifest without its version: <c>container.exited</c>.</summary>
    public string Kind { get; } = Manifest[..Manifest.LastIndexOf(".v", StringComparison.Ordinal)];

    /// <summary>The version, from 1.</summary>
    public int Version { get; } = int.Parse(Manifest.AsSpan(Manifest.LastIndexOf(".v", StringComparison.Ordinal) + 2));
}
