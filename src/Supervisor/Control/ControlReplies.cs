using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>How requests are read and answers written.</summary>
internal static class ControlReplies
{
    private const string Json = "application/json";
    private const string JsonLines = "application/x-ndjson";

    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted).ConfigureAwait(false)
        ?? throw new FormatException("the request has no body");

    /// <summary>The whole body; empty: there is none.</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        return body.ToArray();
    }

    public static Task JsonAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        // As a whole, with its length: the reader knows where it ends without waiting for the connection.
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        http.Response.ContentType = Json;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    public static async Task RefuseAsync(HttpContext http, int status, string error)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        await JsonAsync(http, new ControlError(error), ControlJson.Default.ControlError).ConfigureAwait(false);
    }

    /// <summary>A line for each item as it comes; flushed whenever there is nothing more to write at once.</summary>
    public static async Task StreamAsync<T>(HttpContext http, ChannelReader<T> items, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = JsonLines;
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        while (await items.WaitToReadAsync(http.RequestAborted).ConfigureAwait(false))
        {
            while (items.TryRead(out var item))
            {
                await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(item, type), http.RequestAborted).ConfigureAwait(false);
                await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted).ConfigureAwait(false);
            }

            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        }
    }
}
