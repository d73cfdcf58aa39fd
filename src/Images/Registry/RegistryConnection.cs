using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Devoxx.Images.Registry;

/// <summary>
/// Requests to one registry about one repository: finds the scheme, answers challenges, waits and tries again where that can help
/// (OCI distribution-spec 1.1; distribution, "Token Authentication Specification").
/// </summary>
internal sealed class RegistryConnection : IDisposable
{
    private readonly ImageReference _reference;
    private readonly RegistryEndpoint _endpoint;
    private readonly PullOptions _options;
    private readonly Credentials _credentials;
    private readonly string _actions;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _authenticating = new(1);
    private volatile AuthenticationHeaderValue? _authorization;
    private volatile string? _scheme;
    private bool _hadCredentials;

    /// <summary>One that does not answer twice in a row will hardly do so the fourth time, and each time is long.</summary>
    private const int MostSilences = 2;

    /// <summary>To be called by whoever sends a body, whenever a piece of it has gone: so long the registry is not silent.</summary>
    public static HttpRequestOptionsKey<Action> Moved { get; } = new("devoxx.moved");

    /// <param name="actions"><c>pull</c> or <c>pull,push</c>.</param>
    public RegistryConnection(ImageReference reference, RegistryEndpoint endpoint, PullOptions options, Credentials credentials, string actions)
    {
        (_reference, _endpoint, _options, _credentials, _actions) = (reference, endpoint, options, credentials, actions);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !endpoint.IsLocal,
            Proxy = endpoint.IsLocal ? null : new EnvironmentProxy(options.Variable),
            MaxConnectionsPerServer = options.ParallelDownloads + 1,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        if (endpoint.Insecure)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 1 << 20 };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("devoxx-compose", "0.1"));
    }

    public RegistryEndpoint Endpoint => _endpoint;

    public PullOptions Options => _options;

    public string Host => _endpoint.Host;

    /// <summary>Reported before each wait: why, and how long.</summary>
    public Action<string>? Retrying { get; init; }

    public void Dispose()
    {
        _client.Dispose();
        _authenticating.Dispose();
    }

    /// <summary>The answer to a request, headers only; its status is good, or one of <paramref name="accepted"/>.</summary>
    /// <param name="path">Below <c>/v2/&lt;repository&gt;/</c>; or an absolute address that the registry gave.</param>
    /// <param name="prepare">Adds headers and content; called again for each try.</param>
    /// <exception cref="RegistryUnreachableException">No answer.</exception>
    /// <exception cref="ImageException">A bad answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, HttpStatusCode[] accepted, CancellationToken cancellation)
    {
        var challenged = false;
        for (var attempt = 0; ;)
        {
            HttpResponseMessage response;
            try
            {
                response = await ReachAsync(method, path, prepare, cancellation);
            }
            catch (Exception exception) when (IsConnectionFailure(exception, cancellation))
            {
                // The first request tells whether there is a registry at all; somebody is waiting for the answer.
                if (exception is SilenceException ? attempt >= Math.Min(MostSilences, _options.Retries) : _scheme is null || attempt >= _options.Retries)
                {
                    throw RegistryErrors.Unreachable(_reference, _endpoint.Host, exception, IsPush);
                }

                await PauseAsync(attempt++, null, RegistryErrors.Why(exception), cancellation);
                continue;
            }

            if (response.IsSuccessStatusCode || Array.IndexOf(accepted, response.StatusCode) >= 0)
            {
                return response;
            }

            using (response)
            {
                // Whoever a request was sent on to may ask for credentials, but does not get those of the registry (CVE-2020-15157).
                if (response.StatusCode == HttpStatusCode.Unauthorized && !challenged && response.RequestMessage?.RequestUri?.Authority == OwnAuthority)
                {
                    challenged = true;
                    await AuthenticateAsync(response, cancellation);
                    continue;
                }

                var after = Backoff.RetryAfter(response.Headers, DateTimeOffset.UtcNow);
                if (Backoff.IsWorthRetrying(response.StatusCode) && attempt < _options.Retries && !Backoff.IsTooLong(after ?? TimeSpan.Zero))
                {
                    await PauseAsync(attempt++, after, $"answers {(int)response.StatusCode}", cancellation);
                    continue;
                }

                throw await RegistryErrors.RefusedAsync(_reference, _endpoint.Host, response, _hadCredentials, cancellation);
            }
        }
    }

    public static bool IsConnectionFailure(Exception exception, CancellationToken cancellation) =>
        exception is HttpRequestException or IOException or TimeoutException && exception is not ImageException
        || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

    public async Task PauseAsync(int attempt, TimeSpan? retryAfter, string why, CancellationToken cancellation)
    {
        var delay = Backoff.Delay(attempt, _options.RetryDelay, retryAfter, Random.Shared.NextDouble());
        Retrying?.Invoke($"{_endpoint.Host} {why}; trying again in {delay.TotalSeconds:0.#} s");
        await Task.Delay(delay, cancellation);
    }

    /// <summary>Sends by the scheme that is known to work, or finds it.</summary>
    private async Task<HttpResponseMessage> ReachAsync(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        if (_scheme is { } known)
        {
            return await SendOnceAsync(method, known, path, prepare, cancellation);
        }

        Exception? failure = null;
        foreach (var scheme in _endpoint.Schemes)
        {
            try
            {
                var response = await SendOnceAsync(method, scheme, path, prepare, cancellation);

                // Go's servers answer plain HTTP on a TLS port with 400; a registry's own 400 has the version header.
                if (scheme == "http" && response.StatusCode == HttpStatusCode.BadRequest && !response.Headers.Contains("Docker-Distribution-Api-Version"))
                {
                    response.Dispose();
                    continue;
                }

                _scheme = scheme;
                return response;
            }
            catch (Exception exception) when (exception is not SilenceException && IsConnectionFailure(exception, cancellation))
            {
                failure ??= exception;
            }
        }

        throw failure ?? new HttpRequestException(HttpRequestError.InvalidResponse);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string scheme, string path, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        var own = !path.Contains("://", StringComparison.Ordinal);
        var address = own ? new Uri($"{scheme}://{_endpoint.Authority}{(path.StartsWith('/') ? path : $"/v2/{_endpoint.Repository}/{path}")}") : new Uri(path);
        using var request = new HttpRequestMessage(method, address);

        // An address elsewhere, where an upload was sent, is not to see the registry's credentials.
        if (own || address.Authority == OwnAuthority)
        {
            request.Headers.Authorization = _authorization;
        }

        using var patience = new Patience(_options.AnswerTimeout, cancellation);
        request.Options.Set(Moved, patience.Renew);
        prepare?.Invoke(request);
        return await patience.Of(_client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token));
    }

    private bool IsPush => _actions != "pull";

    /// <summary>As addresses have it: without the port that goes without saying.</summary>
    private string OwnAuthority => new Uri($"{_scheme ?? "https"}://{_endpoint.Authority}").Authority;

    private async Task AuthenticateAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var before = _authorization;
        await _authenticating.WaitAsync(cancellation);
        try
        {
            if (!ReferenceEquals(before, _authorization))
            {
                // Another layer's request has done it meanwhile.
                return;
            }

            var challenges = response.Headers.WwwAuthenticate.SelectMany(header => Challenge.Parse(header.ToString())).ToList();
            var credential = await _credentials.FindAsync(_endpoint.Host, _endpoint.Repository, cancellation);
            _hadCredentials = credential is not null;
            if (challenges.Find(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is { } bearer)
            {
                _authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(bearer, credential, cancellation));
            }
            else if (credential is not null && challenges.Exists(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)))
            {
                _authorization = Basic(credential);
            }
        }
        finally
        {
            _authenticating.Release();
        }
    }

    private async Task<string> TokenAsync(Challenge challenge, Credential? credential, CancellationToken cancellation)
    {
        if (!challenge.Parameters.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            throw new ImageException($"{_endpoint.Host} asks for a token, but does not say from where");
        }

        if (address.Scheme == "http" && !_endpoint.Insecure)
        {
            throw new ImageException($"{_endpoint.Host} asks for a token from {realm}, which is not encrypted; credentials are not sent there");
        }

        var scope = challenge.Parameters.GetValueOrDefault("scope") is { Length: > 0 } given && !IsPush ? given : $"repository:{_endpoint.Repository}:{_actions}";
        var service = challenge.Parameters.GetValueOrDefault("service") ?? "";
        using var request = credential?.IdentityToken is { } identity
            ? new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["grant_type"] = "refresh_token", ["refresh_token"] = identity, ["service"] = service, ["scope"] = scope, ["client_id"] = "devoxx-compose",
                }),
            }
            : new HttpRequestMessage(HttpMethod.Get, $"{realm}{(address.Query.Length > 0 ? '&' : '?')}service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}"
                + (credential is null ? "" : $"&account={Uri.EscapeDataString(credential.User)}"));
        if (credential is { IdentityToken: null })
        {
            request.Headers.Authorization = Basic(credential);
        }

        HttpResponseMessage response;
        try
        {
            using var patience = new Patience(_options.AnswerTimeout, cancellation);
            response = await patience.Of(_client.SendAsync(request, patience.Token));
        }
        catch (Exception exception) when (IsConnectionFailure(exception, cancellation))
        {
            throw RegistryErrors.Unreachable(_reference, address.Authority, exception, IsPush);
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                throw await RegistryErrors.RefusedAsync(_reference, _endpoint.Host, response, credential is not null, cancellation);
            }

            try
            {
                var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellation), RegistryJson.Default.TokenAnswer);
                return answer?.Token ?? answer?.AccessToken ?? throw new ImageException($"{address.Authority} gave no token for {_reference.Familiar}");
            }
            catch (JsonException exception)
            {
                throw new ImageException($"{address.Authority} gave no token for {_reference.Familiar}, but something that is no JSON", exception);
            }
        }
    }

    private static AuthenticationHeaderValue Basic(Credential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credential.User + ":" + credential.Password)));
}
