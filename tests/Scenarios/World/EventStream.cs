using System.Text.Json;

namespace Devoxx.Scenarios.World;

/// <summary>An event as <c>events --json</c> prints it.</summary>
public sealed record JournalEvent(JsonElement Json)
{
    public long Ordering => Json.GetProperty("ordering").GetInt64();

    public string Type => Json.GetProperty("type").GetString()!;

    public string? Service => Json.GetProperty("service").GetString();

    public string? Container => Json.GetProperty("container").GetString();

    public JsonElement Payload => Json.GetProperty("payload");

    public DateTimeOffset Time => Json.GetProperty("time").GetDateTimeOffset();

    public override string ToString() => Json.ToString();
}

/// <summary><c>events --follow --json</c>: how scenarios wait for what happens, without asking again and again.</summary>
public sealed class EventStream(RunningCommand command) : IDisposable
{
    /// <summary>The first event, of the past or to come, that is as wanted.</summary>
    public async Task<JournalEvent> Until(Func<JournalEvent, bool> wanted, string what, TimeSpan? within = null) =>
        Read(await command.Line(line => Parse(line) is { } happened && wanted(happened), what, within))!;

    public Task<JournalEvent> Until(string type, string service, TimeSpan? within = null) =>
        Until(happened => happened.Type == type && happened.Service == service, $"{type} of {service}", within);

    /// <summary>What has been printed so far.</summary>
    public IReadOnlyList<JournalEvent> SoFar => [.. command.LinesSoFar.Select(Parse).OfType<JournalEvent>()];

    public void Dispose() => command.Dispose();

    private static JournalEvent? Parse(string line) => line.StartsWith('{') ? Read(line) : null;

    private static JournalEvent Read(string line) => new(JsonElement.Parse(line));
}
