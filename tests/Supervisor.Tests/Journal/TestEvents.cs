using System.Text.Json.Serialization;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.Tests.Journal;

public sealed record Noted(string Text, string? Service = null) : IEvent
{
    [JsonIgnore]
    public Subject Subject => new("shop", Service, Service is null ? null : $"shop-{Service}-1");
}

public sealed record Counted(int Number, string By) : IEvent
{
    [JsonIgnore]
    public Subject Subject => Subject.None;
}

/// <summary>As version 1 had it: the number as text, and nobody asked who counted.</summary>
public sealed record CountedAsText(string Number);

/// <summary>Registered, but its JSON form throws.</summary>
public sealed record Unwritable : IEvent
{
    [JsonIgnore]
    public Subject Subject => Subject.None;

    public string Fails => throw new InvalidOperationException("this cannot be written");
}

public sealed record Unregistered : IEvent
{
    [JsonIgnore]
    public Subject Subject => Subject.None;
}

public sealed record Remembered(string Text);

public sealed record Weighty(byte[] Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Noted))]
[JsonSerializable(typeof(Counted))]
[JsonSerializable(typeof(CountedAsText))]
[JsonSerializable(typeof(Unwritable))]
[JsonSerializable(typeof(Remembered))]
[JsonSerializable(typeof(Weighty))]
public sealed partial class TestEventJson : JsonSerializerContext;

public static class TestEvents
{
    public static EventTypes Types { get; } = new EventTypes()
        .Add("test.noted.v1", TestEventJson.Default.Noted, e => e.Text)
        .Add("test.counted.v2", TestEventJson.Default.Counted, e => $"{e.Number} by {e.By}")
        .AddEarlier("test.counted.v1", TestEventJson.Default.CountedAsText, (CountedAsText e) => new Counted(int.Parse(e.Number), "nobody"))
        .Add("test.unwritable.v1", TestEventJson.Default.Unwritable, _ => "")
        .AddState("test.remembered.v1", TestEventJson.Default.Remembered)
        .AddState("test.weighty.v1", TestEventJson.Default.Weighty);
}
