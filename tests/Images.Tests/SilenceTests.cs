using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Registries that take a connection and then say nothing, at each point where they could say something.</summary>
public sealed class SilenceTests : IDisposable
{
    private static readonly TestImage Image = new(new TarBuilder().File("a", new string('a', 90_000)).Bytes());

    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly ImageStore _store;
    private readonly Collector _progress = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public SilenceTests()
    {
        _store = ImageStore.Open(_temporary["images"]);
        _registry.Put(Image, "app", "1");
    }

    private static PullOptions Options => new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1), AnswerTimeout = TimeSpan.FromMilliseconds(400), StallTimeout = TimeSpan.FromMilliseconds(900), Retries = 2,
        Registries = RegistriesConfiguration.Empty, Environment = ImmutableDictionary<string, string>.Empty,
    };

    private ImageReference Name => ImageReference.Parse($"{_registry.Host}/app:1");

    public void Dispose()
    {
        Assert.True(_watch.Elapsed < TimeSpan.FromSeconds(20), _watch.Elapsed.ToString());
        _registry.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task One_that_never_answers_is_asked_again_and_then_named()
    {
        _registry.Misbehave = _ => FakeAnswer.Silence;

        var message = (await Assert.ThrowsAsync<RegistryUnreachableException>(Pull)).Message;

        Assert.Contains("accepts the connection, but says nothing for 0.4 s", message);
        Assert.Equal(3, _registry.Requests.Count);
    }

    [Theory]
    [InlineData("/manifests/")]
    [InlineData("/blobs/")]
    public async Task One_that_was_silent_once_is_asked_again(string where)
    {
        var first = 0;
        _registry.Misbehave = request => request.Path.Contains(where) && Interlocked.Exchange(ref first, 1) == 0 ? FakeAnswer.Silence : null;

        Assert.Equal(Image.Id, (await Pull()).Id);
        Assert.Contains(_progress.Reports, report => report is { Phase: PullPhase.Retrying, Message: { } message } && message.Contains("says nothing"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_document_that_stops_in_the_middle_is_fetched_again(bool cut)
    {
        var first = 0;
        _registry.Misbehave = request => request.Path.EndsWith(Image.Id) && Interlocked.Exchange(ref first, 1) == 0
            ? new FakeAnswer(200, Image.Configuration[..20], CutAfter: cut ? 20 : null) { Length = Image.Configuration.Length } : null;

        Assert.Equal(Image.Id, (await Pull()).Id);
    }

    [Fact]
    public async Task A_layer_that_stops_for_good_is_given_up_with_how_long_was_waited()
    {
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(Image.Layers[0])) ? new FakeAnswer(200, Image.Layers[0][..1000]) { Length = Image.Layers[0].Length } : null;

        Assert.Contains("says nothing for 0.9 s", (await Assert.ThrowsAsync<ImageException>(Pull)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
    }

    [Fact]
    public async Task A_token_server_that_never_answers_is_named()
    {
        _registry.Misbehave = request => request.Path.StartsWith("/token") ? FakeAnswer.Silence
            : new FakeAnswer(401, []) { Headers = new() { ["WWW-Authenticate"] = $"""Bearer realm="http://{_registry.Host}/token" """.Trim() } };

        Assert.Contains("says nothing", (await Assert.ThrowsAsync<RegistryUnreachableException>(Pull)).Message);
    }

    [Fact]
    public async Task One_that_never_says_hello_over_tls_fails_as_soon_as_one_that_does_not_connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var host = listener.LocalEndpoint.ToString();
        var options = Options with { ConnectTimeout = TimeSpan.FromSeconds(1), AnswerTimeout = TimeSpan.FromSeconds(10), Registries = RegistriesFile.Parse($"[[registry]]\nlocation = \"{host}\"\ninsecure = false", "x") };

        Assert.Contains("does not answer", (await Assert.ThrowsAsync<RegistryUnreachableException>(
            () => _store.PullAsync(ImageReference.Parse($"{host}/app:1"), options, cancellation: TestContext.Current.CancellationToken))).Message);
    }

    [Fact]
    public async Task A_push_is_given_up_too()
    {
        await Pull();
        _registry.Misbehave = request => request.Method is "POST" or "PUT" ? FakeAnswer.Silence : request.Method == "HEAD" ? new FakeAnswer(404, []) : null;

        Assert.Matches("^cannot push .* says nothing", (await Assert.ThrowsAsync<RegistryUnreachableException>(() => _store.PushAsync(Name, Options, cancellation: TestContext.Current.CancellationToken))).Message);
    }

    private Task<StoredImage> Pull() => _store.PullAsync(Name, Options, _progress, TestContext.Current.CancellationToken);
}
