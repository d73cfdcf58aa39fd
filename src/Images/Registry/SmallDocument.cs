namespace Devoxx.Images.Registry;

/// <summary>Fetches a manifest or configuration whole; one that breaks off or stalls in the middle is fetched again.</summary>
internal static class SmallDocument
{
    /// <param name="path">As <see cref="RegistryConnection.SendAsync"/> has it.</param>
    /// <param name="longest">Bytes.</param>
    /// <param name="what">For messages: <c>manifest</c>.</param>
    /// <returns>The bytes, and the media type of the answer's header.</returns>
    /// <exception cref="RegistryUnreachableException">No answer, or none that comes to its end.</exception>
    /// <exception cref="ImageException">A bad answer.</exception>
    public static async Task<(byte[] Content, string? Type)> FetchAsync(
        RegistryConnection connection, ImageReference reference, string path, Action<HttpRequestMessage>? prepare, int longest, string what, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await connection.SendAsync(HttpMethod.Get, path, prepare, [], cancellation);
            try
            {
                return (await ReadAsync(connection, response, reference, longest, what, cancellation), response.Content.Headers.ContentType?.MediaType);
            }
            catch (Exception exception) when (RegistryConnection.IsConnectionFailure(exception, cancellation))
            {
                if (attempt >= connection.Options.Retries)
                {
                    throw RegistryErrors.Unreachable(reference, connection.Host, exception);
                }

                await connection.PauseAsync(attempt, null, RegistryErrors.Why(exception), cancellation);
            }
        }
    }

    private static async Task<byte[]> ReadAsync(
        RegistryConnection connection, HttpResponseMessage response, ImageReference reference, int longest, string what, CancellationToken cancellation)
    {
        using var patience = new Patience(connection.Options.StallTimeout, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await patience.Of(body.ReadAsync(buffer, patience.Token).AsTask()) is > 0 and var read)
        {
            patience.Renew();
            content.Write(buffer, 0, read);
            if (content.Length > longest)
            {
                throw new DigestMismatchException($"{connection.Host} gives a {what} for {reference.Familiar} that is longer than {longest} bytes");
            }
        }

        return response.Content.Headers.ContentLength is not { } promised || content.Length == promised ? content.ToArray()
            : throw new HttpRequestException(HttpRequestError.ResponseEnded);
    }
}
