using System.Net;
using System.Net.Http.Headers;

namespace Devoxx.Images.Registry;

/// <summary>Sends blobs and manifests (distribution-spec, "Push").</summary>
internal sealed class ImageUpload(RegistryConnection connection)
{
    /// <summary>Does the repository have this blob?</summary>
    public async Task<bool> HasAsync(string digest, CancellationToken cancellation)
    {
        using var response = await connection.SendAsync(HttpMethod.Head, $"blobs/{digest}", null, [HttpStatusCode.NotFound], cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Asks the registry to take the blob over from another repository of its own; false when it would rather be sent it.</summary>
    public async Task<bool> MountAsync(string digest, string from, CancellationToken cancellation)
    {
        using var response = await connection.SendAsync(HttpMethod.Post, $"blobs/uploads/?mount={Uri.EscapeDataString(digest)}&from={Uri.EscapeDataString(from)}", Empty, [HttpStatusCode.NotFound], cancellation);
        return response.StatusCode == HttpStatusCode.Created;
    }

    /// <param name="open">Opens the content anew for each try.</param>
    public async Task SendAsync(string digest, long size, Func<Stream> open, Action<long>? sent, CancellationToken cancellation)
    {
        string location;
        using (var begun = await connection.SendAsync(HttpMethod.Post, "blobs/uploads/", Empty, [], cancellation))
        {
            location = begun.Headers.Location is { } address
                ? address.IsAbsoluteUri ? address.AbsoluteUri : address.OriginalString
                : throw new ImageException($"{connection.Host} does not say where to send {digest}");
        }

        var target = location + (location.Contains('?') ? "&" : "?") + "digest=" + Uri.EscapeDataString(digest);
        using var done = await connection.SendAsync(
            HttpMethod.Put,
            target,
            request =>
            {
                request.Options.TryGetValue(RegistryConnection.Moved, out var moved);
                request.Content = new StreamContent(
                    new CountingStream(open(), count =>
                    {
                        moved?.Invoke();
                        sent?.Invoke(count);
                    }),
                    128 << 10);
                request.Content.Headers.ContentLength = size;
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            },
            [],
            cancellation);
    }

    /// <param name="name">A tag, or the manifest's own digest.</param>
    public async Task PutManifestAsync(byte[] manifest, string mediaType, string name, CancellationToken cancellation)
    {
        using var done = await connection.SendAsync(
            HttpMethod.Put,
            $"manifests/{name}",
            request => request.Content = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            [],
            cancellation);
    }

    /// <summary>Registries want a length, be it zero.</summary>
    private static void Empty(HttpRequestMessage request) => request.Content = new ByteArrayContent([]);

    private sealed class CountingStream(Stream inner, Action<long> counted) : Archives.ReadOnlyStream
    {
        private long _count;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _count += read;
            counted(_count);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
