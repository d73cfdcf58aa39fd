using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>One JSON object a line, with the field names of <c>docker compose --progress json</c>.</summary>
internal sealed class JsonProgress(Stream output) : IProgressRenderer
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Report(Progress progress) => WriteLine(output, writer =>
    {
        writer.WriteString("id", $"{progress.Kind} {progress.Name}");
        writer.WriteString("status", progress.Failed ? "Error" : progress.Done ? "Done" : "Working");
        writer.WriteString("text", progress.Status);
        if (progress.Detail is { Length: > 0 } detail)
        {
            writer.WriteString("details", detail);
        }

        if (progress.Current is { } current)
        {
            writer.WriteNumber("current", current);
        }

        if (progress.Total is { } total)
        {
            writer.WriteNumber("total", total);
        }
    });

    public static void WriteError(Stream output, string message) => WriteLine(output, writer =>
    {
        writer.WriteBoolean("error", true);
        writer.WriteString("message", message);
    });

    public static void WriteWarning(Stream output, string message) => WriteLine(output, writer =>
    {
        writer.WriteString("level", "warning");
        writer.WriteString("msg", message);
    });

    public void Dispose()
    {
    }

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        output.Write(buffer.WrittenSpan);
        output.Flush();
    }
}
