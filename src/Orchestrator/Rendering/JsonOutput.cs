using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>JSON for other programs, in the field names of <c>docker compose</c>.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentSize = 4 };

    /// <summary>All items as one array on one line.</summary>
    public static void WriteArray<T>(TextWriter output, IEnumerable<T> items, Action<Utf8JsonWriter, T> fields, bool indented = false) =>
        Write(output, indented ? Indented : Compact, json =>
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                json.WriteStartObject();
                fields(json, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    /// <summary>All items as one object on one line, each under its name.</summary>
    public static void WriteMap<T>(TextWriter output, IEnumerable<(string Name, T Item)> items, Action<Utf8JsonWriter, T> fields) => Write(output, Compact, json =>
    {
        json.WriteStartObject();
        foreach (var (name, item) in items)
        {
            json.WriteStartObject(name);
            fields(json, item);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>One object, to be looked into.</summary>
    public static JsonElement Element<T>(T item, Action<Utf8JsonWriter, T> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json, item);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>A value on one line, as templates print it.</summary>
    public static string Text(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            element.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>One object on a line of its own.</summary>
    public static void WriteLine<T>(TextWriter output, T item, Action<Utf8JsonWriter, T> fields) => Write(output, Compact, json =>
    {
        json.WriteStartObject();
        fields(json, item);
        json.WriteEndObject();
    });

    private static void Write(TextWriter output, JsonWriterOptions options, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            content(json);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
