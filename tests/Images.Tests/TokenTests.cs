using System.Collections.Immutable;
using System.Text;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Registries that send one to a token server.</summary>
public sealed class TokenTests : IDisposable
{
    private static readonly TestImage Image = new(new TarBuilder().File("a", new string('a', 50_000)).Bytes()) { Compress = TestImage.Gzip };

    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly ImageStore _store;
    private string _token = "token-1";

    public TokenTests()
    {
        _store = ImageStore.Open(_temporary["images"]);
        _registry.Put(Image, "team/app", "1");
        _registry.Misbehave = request => request.Path.StartsWith("/token") ? Token(request)
            : request.Headers.GetValueOrDefault("authorization") == "Bearer " + _token ? null
            : new FakeAnswer(401, []) { Headers = new() { ["WWW-Authenticate"] = $"""Bearer realm="http://{_registry.Host}/token?x=1",service="the registry",scope="repository:team/app:pull",error="invalid_token" """.Trim() } };
    }

    private Func<FakeRequest, FakeAnswer> Token { get; set; } = _ => new FakeAnswer(200, """{"token":"token-1","expires_in":300}"""u8.ToArray(), "application/json");

    public void Dispose()
    {
        _registry.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Fetches_a_token_once_for_all_requests()
    {
        await Pull();
        Assert.Equal("/token?x=1&service=the%20registry&scope=repository%3Ateam%2Fapp%3Apull", Assert.Single(_registry.Requests, request => request.Path.StartsWith("/token")).Path);
    }

    [Fact]
    public async Task Shows_the_token_server_the_password_and_the_registry_only_the_token()
    {
        await Pull(Auth($$"""{"auths":{"{{_registry.Host}}/team":{"username":"me","password":"s3cret"} } }"""));

        var basic = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("me:s3cret"));
        Assert.All(_registry.Requests, request => Assert.Equal(request.Path.StartsWith("/token"), request.Headers.GetValueOrDefault("authorization") == basic));
    }

    [Fact]
    public async Task Trades_an_identity_token_in()
    {
        await Pull(Auth($$"""{"auths":{"{{_registry.Host}}":{"identitytoken":"long-lived"} } }"""));
        Assert.Equal("POST", Assert.Single(_registry.Requests, request => request.Path.StartsWith("/token")).Method);
    }

    [Fact]
    public async Task A_token_that_expires_in_the_middle_is_replaced()
    {
        var inner = _registry.Misbehave;
        Token = _ => new FakeAnswer(200, Encoding.ASCII.GetBytes($$"""{"access_token":"{{_token}}"}"""), "application/json");
        _registry.Misbehave = request =>
        {
            if (request.Path.Contains("/blobs/") && _token == "token-1")
            {
                _token = "token-2";
            }

            return inner(request);
        };

        await Pull();
        Assert.Equal(2, _registry.Requests.Count(request => request.Path.StartsWith("/token")));
    }

    [Fact]
    public async Task Says_who_refused()
    {
        Token = _ => new FakeAnswer(401, """{"errors":[{"message":"incorrect username or password"}]}"""u8.ToArray());
        Assert.Contains("incorrect username", (await Assert.ThrowsAsync<RegistryRefusedException>(() => Pull(Auth($$"""{"auths":{"{{_registry.Host}}":{"auth":"bWU6eA=="} } }""")))).Message);

        Token = _ => new FakeAnswer(200, "<html>"u8.ToArray());
        Assert.Contains("no JSON", (await Assert.ThrowsAsync<ImageException>(() => Pull())).Message);

        await Assert.ThrowsAsync<ImageException>(() => Pull(Auth("{]")));
        await Assert.ThrowsAsync<ImageException>(() => Pull(Auth($$"""{"auths":{"{{_registry.Host}}":{"auth":"!"} } }""")));
        Assert.Contains("installed", (await Assert.ThrowsAsync<ImageException>(() => Pull(Auth("""{"credsStore":"is-not-there"}""")))).Message);
    }

    [Fact]
    public async Task Another_host_that_a_blob_lies_on_never_sees_the_token()
    {
        using var storage = new FakeRegistry();
        storage.Put("/elsewhere", TestImage.Gzip(Image.Layers[0]));
        var inner = _registry.Misbehave;
        _registry.Misbehave = request => inner(request)
            ?? (request.Path.EndsWith(TestImage.Sha(TestImage.Gzip(Image.Layers[0]))) ? new FakeAnswer(307, []) { Headers = new() { ["Location"] = $"http://{storage.Host}/elsewhere" } } : null);

        await Pull();
        Assert.False(Assert.Single(storage.Requests).Headers.ContainsKey("authorization"));
    }

    [Theory]
    [InlineData("""Bearer realm="https://a/b,c",service=x""", "Bearer realm=https://a/b,c;service=x")]
    [InlineData("""Basic realm="a \"quoted\" word", Bearer realm="r",scope="repository:a:pull,push" """, "Basic realm=a \"quoted\" word|Bearer realm=r;scope=repository:a:pull,push")]
    [InlineData("Negotiate, Basic realm=x", "Negotiate |Basic realm=x")]
    [InlineData("", "")]
    [InlineData("\"", "")]
    [InlineData("Bearer realm=\"unfinished", "Bearer realm=unfinished")]
    public void Reads_challenges(string header, string expected) =>
        Assert.Equal(expected, string.Join('|', Challenge.Parse(header).Select(challenge => $"{challenge.Scheme} {string.Join(';', challenge.Parameters.Select(pair => $"{pair.Key}={pair.Value}"))}")));

    private ImmutableDictionary<string, string> Auth(string json)
    {
        File.WriteAllText(_temporary["auth.json"], json);
        return ImmutableDictionary<string, string>.Empty.Add("REGISTRY_AUTH_FILE", _temporary["auth.json"]);
    }

    private Task<StoredImage> Pull(ImmutableDictionary<string, string>? environment = null) => _store.PullAsync(
        ImageReference.Parse($"{_registry.Host}/team/app:1"),
        new PullOptions { Registries = RegistriesConfiguration.Empty, Environment = environment ?? ImmutableDictionary<string, string>.Empty, RetryDelay = TimeSpan.FromMilliseconds(1) },
        cancellation: TestContext.Current.CancellationToken);
}
