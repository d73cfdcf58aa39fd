using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Devoxx.Orchestrator.Control;

/// <summary>One JSON document a line, each handed on as soon as its line is complete.</summary>
internal static class JsonLines
{
    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (Parse(line, type) is { } item)
                {
                    yield return item;
                }

                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (result.IsCompleted)
            {
                // A last line without its newline is one that was cut off.
                yield break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static T? Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        if (line.IsEmpty)
        {
            return default;
        }

        var reader = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref reader, type);
    }
}
