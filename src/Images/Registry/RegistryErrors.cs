using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Devoxx.Images.Registry;

/// <summary>
/// What went wrong with a registry, for people. No text of the framework's own is shown: ahead-of-time builds leave those out.
/// </summary>
internal static class RegistryErrors
{
    /// <summary>How long the words beside a status may take.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(5);

    /// <param name="push">It was to be sent something.</param>
    public static RegistryUnreachableException Unreachable(ImageReference reference, string host, Exception cause, bool push = false) => push
        ? new($"cannot push {reference.Familiar}: {host} {Why(cause)}", $"{host} {Why(cause)}", cause)
        : new(
        $"cannot pull {reference.Familiar}: {host} {Why(cause)}. Without a registry in reach, bring the image in from a file: `devoxx-compose image load -i FILE`, where FILE was made with `docker save`",
        $"{host} {Why(cause)}", cause);

    /// <summary>Why a connection did not come about, or broke.</summary>
    public static string Why(Exception cause)
    {
        for (var inner = cause; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SilenceException silence:
                    return $"accepts the connection, but says nothing for {silence.Limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "cannot be found: its name does not resolve";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "refuses connections";
                case SocketException { SocketErrorCode: SocketError.TimedOut } or TimeoutException or OperationCanceledException:
                    return "does not answer";
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown }:
                    return "cannot be reached: there is no network to it";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return "closes the connection";
                case System.Security.Authentication.AuthenticationException:
                    return "has a TLS certificate that cannot be verified (for a registry of your own, set insecure = true in /etc/devoxx/registries.conf)";
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                    return "cannot be found: its name does not resolve";
                case HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError }:
                    return "cannot be reached through the proxy";
                case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse }:
                    return "breaks off in the middle of its answer";
            }
        }

        return "cannot be reached";
    }

    /// <summary>An answer that is none of the good ones.</summary>
    public static async Task<ImageException> RefusedAsync(ImageReference reference, string host, HttpResponseMessage response, bool hadCredentials, CancellationToken cancellation)
    {
        var said = await SaidAsync(response, cancellation);
        return new RegistryRefusedException(response.StatusCode, response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when hadCredentials =>
                $"{host} does not let you use {reference.Familiar} with the credentials that you have{said}; log in again (docker login {host} or podman login {host}), or ask for access",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                $"{host} does not let anybody use {reference.Familiar}{said}; it may not exist, or need a login (docker login {host} or podman login {host})",
            HttpStatusCode.NotFound => $"{host} has no image {reference.Familiar}{said}",
            HttpStatusCode.TooManyRequests =>
                $"{host} limits how often you may pull{RateLimit.Of(response.Headers)}, and says to come back{Later(response)}{said}; {(hadCredentials ? "" : $"logging in (docker login {host} or podman login {host}) usually raises the limit, and ")}a mirror in registries.conf avoids it",
            var status when Backoff.IsWorthRetrying(status) => $"{host} is not well: it answers {(int)status}{said}; try again later",
            var status => $"{host} answers {(int)status} for {reference.Familiar}{said}",
        });
    }

    private static string Later(HttpResponseMessage response) =>
        Backoff.RetryAfter(response.Headers, DateTimeOffset.UtcNow) is { } after ? $" in {Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s" : " later";

    private static async Task<string> SaidAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        const int longest = 64 << 10;
        try
        {
            if (response.Content.Headers.ContentLength is > longest)
            {
                return "";
            }

            using var patience = new Patience(Courtesy, cancellation);
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[longest];
            var length = await patience.Of(body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token).AsTask());
            var errors = JsonSerializer.Deserialize(buffer.AsSpan(0, length), RegistryJson.Default.ErrorAnswer)?.Errors;
            var text = string.Join("; ", (errors ?? []).Select(error => error.Message ?? error.Code).OfType<string>().Distinct());
            return text.Length == 0 ? "" : $" ({new string([.. text.Where(c => !char.IsControl(c)).Take(300)])})";
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException or SilenceException)
        {
            // What the registry says beside its status is a courtesy; without it the status stands.
            return "";
        }
    }
}

/// <summary>A registry answered, and said no.</summary>
public sealed class RegistryRefusedException(HttpStatusCode status, string message) : ImageException(message)
{
    public HttpStatusCode Status { get; } = status;
}
