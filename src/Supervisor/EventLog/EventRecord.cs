using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Devoxx.Supervisor.Events;

namespace Devoxx.Supervisor.EventLog;

/// <summary>One event as the event log shows it.</summary>
public sealed class EventRecord
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly EventTypes types;
    private readonly string manifest;
    private readonly byte[] payload;

    internal EventRecord(
        EventTypes types, long ordering, string actor, long sequenceNr, string manifest, long timestamp, byte[] payload, string? tags)
    {
        this.types = types;
        this.manifest = manifest;
        this.payload = payload;
        Ordering = ordering;
        Actor = actor;
        SequenceNr = sequenceNr;
        Time = new DateTimeOffset(timestamp, TimeSpan.Zero);
        Subject = Subject.FromTags(tags);
        var version = manifest.LastIndexOf(".v", StringComparison.Ordinal);
        if (version > 0 && int.TryParse(manifest.AsSpan(version + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Type = manifest[..version];
            Version = number;
        }
        else
        {
            Type = manifest;
        }
    }

    /// <summary>Its place among all events: rising, never used twice.</summary>
    public long Ordering { get; }

    /// <summary>The actor that wrote it, by its persistence id, and its number among that actor's events.</summary>
    public string Actor { get; }

    /// <inheritdoc cref="Actor"/>
    public long SequenceNr { get; }

    /// <summary>When it was written, UTC.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Its kind: <c>container.exited</c>.</summary>
    public string Type { get; }

    /// <summary>The version of its payload, from 1; 0 when the manifest gives none.</summary>
    public int Version { get; }

    /// <summary>What it is about.</summary>
    public Subject Subject { get; }

    /// <summary>Its payload, as it was written.</summary>
    public JsonElement Payload => JsonElement.Parse(payload);

    /// <summary>The payload as the event it is today, or null when this program does not know its kind.</summary>
    public IEvent? Event =>
        types.TryFind(manifest, out var type) && JsonSerializer.Deserialize(payload, type.Json) is { } read
            ? type.Upgrade(read) as IEvent
            : null;

    /// <summary>
    /// One line: <c>2026-11-23 17:24:58.123  container.exited  shop-web-1  exit code 137 (SIGKILL), out of memory</c>; the
    /// time in the zone of this machine. A kind that this program does not know shows its payload.
    /// </summary>
    public string ToText()
    {
        var text = new StringBuilder(128);
        text.Append(CultureInfo.InvariantCulture, $"{Time.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff}  {Type}");
        Append(text, Subject.Container ?? Subject.Volume ?? Subject.Network ?? Subject.Image ?? Subject.Service ?? Subject.Project);
        Append(text, Event is { } happened ? types.Of(happened).Description(happened) : Encoding.UTF8.GetString(payload));
        return text.ToString();
    }

    /// <summary>
    /// One object on one line, with these members, always, in this order: <c>ordering time type version project service
    /// container volume network image actor sequenceNr payload</c>.
    /// </summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 320);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <inheritdoc cref="ToJson"/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("ordering"u8, Ordering);
        writer.WriteString("time"u8, Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("type"u8, Type);
        writer.WriteNumber("version"u8, Version);
        writer.WriteString("project"u8, Subject.Project);
        writer.WriteString("service"u8, Subject.Service);
        writer.WriteString("container"u8, Subject.Container);
        writer.WriteString("volume"u8, Subject.Volume);
        writer.WriteString("network"u8, Subject.Network);
        writer.WriteString("image"u8, Subject.Image);
        writer.WriteString("actor"u8, Actor);
        writer.WriteNumber("sequenceNr"u8, SequenceNr);
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void Append(StringBuilder text, string? part)
    {
        if (!string.IsNullOrEmpty(part))
        {
            text.Append("  ").Append(part);
        }
    }
}
