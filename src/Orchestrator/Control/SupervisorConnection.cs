using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Devoxx.Supervisor;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Control;

/// <summary>
/// The supervisor of one state root, over its Unix socket. HttpClient costs a process compiled ahead of time about 1 ms
/// more than a bare socket (3.6 against 2.9 ms for the whole process), and brings pooling, chunking and cancellation.
/// </summary>
internal sealed class SupervisorConnection : IDisposable
{
    private readonly StateRoot root;
    private readonly Func<CancellationToken, Task> launch;
    private readonly HttpClient client;
    private readonly DateTimeOffset opened = DateTimeOffset.UtcNow;
    private Socket? first;

    /// <param name="launch">Starts a supervisor and returns when it answers.</param>
    /// <param name="handler">Answers in its place; null: over its socket.</param>
    private SupervisorConnection(StateRoot root, Func<CancellationToken, Task> launch, HttpMessageHandler? handler = null)
    {
        this.root = root;
        this.launch = launch;
        client = new HttpClient(handler ?? new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellation) => new NetworkStream(
                Interlocked.Exchange(ref first, null) ?? await ConnectAsync(cancellation), ownsSocket: true),
        })
        {
            BaseAddress = new Uri("http://supervisor"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Connects; if nobody listens, starts a supervisor first.</summary>
    /// <exception cref="CommandFailedException">Not root, or the supervisor did not start.</exception>
    public static Task<SupervisorConnection> OpenAsync(StateRoot root, CancellationToken cancellation) =>
        OpenAsync(root, token => SupervisorLauncher.LaunchAsync(root, token), cancellation);

    internal static async Task<SupervisorConnection> OpenAsync(StateRoot root, Func<CancellationToken, Task> launch, CancellationToken cancellation)
    {
        var connection = new SupervisorConnection(root, launch);
        connection.first = connection.TryConnect();
        if (connection.first is null)
        {
            await launch(cancellation);
        }

        return connection;
    }

    /// <summary>For what must not change anything: to the supervisor that runs, or, where none does, to what it has left.</summary>
    public static SupervisorConnection OpenToLook(StateRoot root) =>
        OpenExisting(root) ?? new(root, static _ => Task.CompletedTask, new WithoutSupervisorHandler(root));

    /// <summary>A connection to a supervisor that runs already; null when none does.</summary>
    public static SupervisorConnection? OpenExisting(StateRoot root)
    {
        var connection = new SupervisorConnection(root, token => SupervisorLauncher.LaunchAsync(root, token));
        connection.first = connection.TryConnect();
        if (connection.first is not null)
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Asks a question that is answered with one document.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return await JsonSerializer.DeserializeAsync(body, type, cancellation)
            ?? throw new CommandFailedException($"the supervisor answered {path} with nothing");
    }

    /// <summary>Reads a stream of JSON lines until it ends.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in JsonLines.ReadAsync(body, type, cancellation))
        {
            yield return item;
        }
    }

    /// <summary>Asks for a change, reports its progress, returns how it ended.</summary>
    /// <param name="foretell">Of a dry run: told the plan.</param>
    public Task<Outcome> PerformAsync<T>(
        string path, T request, JsonTypeInfo<T> type, Action<Progress> report, CancellationToken cancellation, Action<PlanView>? foretell = null, Action<HookLine>? hooks = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request, type);
        return PerformAsync(path, () => Json(json), report, cancellation, again: true, foretell, hooks);
    }

    /// <summary>Sends <paramref name="body"/> as it is, reports progress, returns how it ended.</summary>
    public Task<Outcome> UploadAsync(string path, Stream body, Action<Progress> report, CancellationToken cancellation) =>
        PerformAsync(path, () => new StreamContent(body, bufferSize: 1 << 20), report, cancellation, again: false);

    /// <summary>Fetches what is no document but bytes, such as an archive.</summary>
    public Task DownloadAsync(string path, Stream output, CancellationToken cancellation) =>
        DownloadAsync(path, bytes => bytes.CopyToAsync(output, cancellation), cancellation);

    /// <summary>Fetches bytes, and gives them to <paramref name="take"/> as they come.</summary>
    public async Task DownloadAsync(string path, Func<Stream, Task> take, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        try
        {
            await using var bytes = await response.Content.ReadAsStreamAsync(cancellation);
            await take(bytes);
        }
        catch (Exception broken) when (broken is HttpRequestException or HttpIOException)
        {
            throw new CommandFailedException("the supervisor broke off in the middle; its log says why");
        }
    }

    /// <summary>Has the supervisor leave; containers run on.</summary>
    public async Task ShutDownAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync(static () => new HttpRequestMessage(HttpMethod.Post, ControlRoutes.Shutdown), cancellation);
    }

    public void Dispose()
    {
        client.Dispose();
        first?.Dispose();
    }

    private static ByteArrayContent Json(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return content;
    }

    private async Task<Outcome> PerformAsync(string path, Func<HttpContent> body, Action<Progress> report, CancellationToken cancellation, bool again, Action<PlanView>? foretell = null, Action<HookLine>? hooks = null)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = body() }, cancellation, again);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        try
        {
            await foreach (var line in JsonLines.ReadAsync(stream, ControlJson.Default.ControlLine, cancellation))
            {
                if (line.Progress is { } progress)
                {
                    report(progress);
                }

                if (line.Hook is { } hook)
                {
                    hooks?.Invoke(hook);
                }

                if (line.Plan is { } plan)
                {
                    foretell?.Invoke(plan);
                }

                if (line.Outcome is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw WentAway();
        }

        throw WentAway();
    }

    /// <summary>Sends; when the supervisor left just then (idle), starts another and sends again, once, before anything was answered.</summary>
    /// <param name="again">False for a body that can be read only once.</param>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellation, bool again = true)
    {
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(make(), HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException) when (again && !cancellation.IsCancellationRequested)
        {
            await launch(cancellation);
            try
            {
                response = await client.SendAsync(make(), HttpCompletionOption.ResponseHeadersRead, cancellation);
            }
            catch (HttpRequestException)
            {
                throw WentAway();
            }
        }
        catch (HttpRequestException)
        {
            throw WentAway();
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new CommandFailedException(await ReasonAsync(response, cancellation));
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            if (JsonSerializer.Deserialize(text, ControlJson.Default.ControlError) is { Error.Length: > 0 } error)
            {
                return error.Error;
            }
        }
        catch (JsonException)
        {
            // Not from our own handlers: the plain status says more than its page.
        }

        return $"the supervisor refused the request: {(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private CommandFailedException WentAway() => new(
        $"the supervisor went away before it had answered{LastWords.Of(root.SupervisorLogPath, opened)}; containers run on. Its log is {root.SupervisorLogPath}; the same command again starts another");

    private Socket? TryConnect()
    {
        var socket = NewSocket();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(root.SocketPath));
            return socket;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw SupervisorLauncher.NotRoot();
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(root.SocketPath), cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
