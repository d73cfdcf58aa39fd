using System.Collections.Immutable;
using System.Text;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Who is asked for what, with which credentials, by way of which proxy; and what is not taken from anybody.</summary>
public sealed class RegistryRulesTests : IDisposable
{
    private static readonly byte[] Layer = new TarBuilder().File("a", new string('a', 90_000)).Bytes();
    private static readonly TestImage Image = new(Layer);

    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly ImageStore _store;

    public RegistryRulesTests()
    {
        _store = ImageStore.Open(_temporary["images"]);
        _registry.Put(Image, "app", "1");
    }

    private ImmutableDictionary<string, string> Environment { get; set; } = ImmutableDictionary<string, string>.Empty;

    private RegistriesConfiguration Registries { get; set; } = RegistriesConfiguration.Empty;

    public void Dispose()
    {
        _registry.Dispose();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("application/vnd.cncf.helm.config.v1+json", null, "a Helm chart")]
    [InlineData("application/vnd.docker.plugin.v1+json", null, "a Docker plugin")]
    [InlineData(null, "application/vnd.in-toto+json", "an attestation")]
    [InlineData(null, "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "is encrypted")]
    public async Task What_is_no_image_is_refused_by_its_own_name(string? configuration, string? layer, string why)
    {
        _registry.Put(Image, "artifact", "1", forge: text => text
            .Replace("application/vnd.oci.image.config.v1\\u002Bjson", configuration ?? Manifests.OciConfiguration)
            .Replace("application/vnd.oci.image.layer.v1.tar\\u002Bgzip", layer ?? Manifests.OciGzipLayer));

        Assert.Contains(why, (await Assert.ThrowsAsync<ImageException>(() => Pull("artifact:1"))).Message);
        Assert.DoesNotContain(_registry.Requests, request => request.Path.Contains("/blobs/"));
    }

    [Fact]
    public async Task A_manifest_whose_size_is_not_what_the_index_says_is_refused()
    {
        var digest = _registry.Put(Image, "app", "mine");
        _registry.PutIndex("app", "index", (digest, ImagePlatform.Host.Architecture, ImagePlatform.Host.Variant));
        Assert.NotNull(await Pull("app:index"));
        var index = Encoding.UTF8.GetString(_registry.Take("/v2/app/manifests/index"));
        _registry.Put("/v2/app/manifests/lies", Encoding.UTF8.GetBytes(index.Replace("\"size\":", "\"size\":1")), Manifests.OciIndex);

        Assert.Contains("bytes, not 1", (await Assert.ThrowsAsync<DigestMismatchException>(() => Pull("app:lies"))).Message);
    }

    [Fact]
    public async Task A_registry_that_continues_at_another_byte_than_it_was_asked_for_is_not_believed()
    {
        _registry.Misbehave = request => !request.Path.EndsWith(TestImage.Sha(Layer)) ? null
            : request.Offset == 0 ? new FakeAnswer(200, Layer, CutAfter: 50_000)
            : new FakeAnswer(206, Layer[40_000..]) { Headers = new() { ["Content-Range"] = $"bytes 40000-{Layer.Length - 1}/{Layer.Length}" } };

        Assert.Contains("gives it from 40000", (await Assert.ThrowsAsync<ImageException>(() => Pull("app:1"))).Message);
    }

    [Fact]
    public async Task Whoever_a_request_is_sent_on_to_gets_no_credentials_by_asking_for_them()
    {
        using var thief = new FakeRegistry();
        thief.Misbehave = _ => new FakeAnswer(401, []) { Headers = new() { ["WWW-Authenticate"] = $"""Bearer realm="http://{thief.Host}/token",service="x" """.Trim() } };
        Login(_registry.Host);
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(Layer)) ? new FakeAnswer(307, []) { Headers = new() { ["Location"] = $"http://{thief.Host}/blob" } } : null;

        await Assert.ThrowsAsync<RegistryRefusedException>(() => Pull("app:1"));

        Assert.Equal(["/blob"], thief.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task A_foreign_layer_is_fetched_from_where_its_manifest_says_without_credentials()
    {
        using var elsewhere = new FakeRegistry();
        elsewhere.Put("/layer", Layer);
        Login(elsewhere.Host);
        _registry.Put(Image, "foreign", "1", forge: text => text.Replace("\"layers\":[{", $"\"layers\":[{{\"urls\":[\"ftp://{elsewhere.Host}/x\",\"http://{elsewhere.Host}/gone\",\"http://{elsewhere.Host}/layer\"],"));
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(Layer)) ? new FakeAnswer(404, []) : null;

        Assert.Equal(Image.Id, (await Pull("foreign:1")).Id);
        Assert.Equal(["/gone", "/layer"], elsewhere.Requests.Select(request => request.Path));
        Assert.DoesNotContain(elsewhere.Requests, request => request.Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task A_limit_is_told_with_its_numbers()
    {
        _registry.Misbehave = _ => new FakeAnswer(429, []) { Headers = new() { ["Retry-After"] = "3600", ["ratelimit-limit"] = "100;w=21600", ["ratelimit-remaining"] = "0;w=21600" } };

        Assert.Contains("(100 in 6 h, of which 0 are left), and says to come back in 3600 s", (await Assert.ThrowsAsync<RegistryRefusedException>(() => Pull("app:1"))).Message);
    }

    [Fact]
    public async Task Requests_go_by_way_of_the_proxy_with_its_own_password()
    {
        Registries = RegistriesFile.Parse("[[registry]]\nprefix = \"registry.invalid\"\ninsecure = true\n[[registry]]\nprefix=\"excepted.invalid\"\ninsecure = true", "x");
        Environment = Environment.Add("http_proxy", $"me:s%40cret@{_registry.Host}").Add("NO_PROXY", "excepted.invalid");
        var seen = 0;
        _registry.Misbehave = request => request.Headers.GetValueOrDefault("proxy-authorization") != "Basic " + Convert.ToBase64String("me:s@cret"u8)
            ? new FakeAnswer(407, []) { Headers = new() { ["Proxy-Authenticate"] = "Basic realm=\"proxy\"" } }
            : Interlocked.Increment(ref seen) > 0 ? _registry.Answer(request with { Path = request.Path.Replace("http://registry.invalid", "") }) : null;

        var pulled = await _store.PullAsync(ImageReference.Parse("registry.invalid/app:1"), Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((Image.Id, true), (pulled.Id, seen > 0));
        Assert.Contains("does not resolve", (await Assert.ThrowsAsync<RegistryUnreachableException>(
            () => _store.PullAsync(ImageReference.Parse("excepted.invalid/app:1"), Options, cancellation: TestContext.Current.CancellationToken))).Message);
    }

    [Theory]
    [InlineData("", "https://a.example", true)]
    [InlineData("*", "https://a.example", false)]
    [InlineData("example", "https://a.example", false)]
    [InlineData("a.example", "https://a.example", false)]
    [InlineData(".a.example", "https://a.example", true)]
    [InlineData("*.example", "https://a.example", false)]
    [InlineData("xample", "https://a.example", true)]
    [InlineData("A.Example:5000", "https://a.example:5000", false)]
    [InlineData("a.example:5000", "https://a.example", true)]
    [InlineData("b.example, 10.0.0.0/8", "https://10.2.3.4", false)]
    [InlineData("10.0.0.0/8", "https://11.2.3.4", true)]
    [InlineData("fd00::/8", "https://[fd00::1]:5000", false)]
    [InlineData("192.0.2.1", "https://192.0.2.1:5000", false)]
    [InlineData("", "https://localhost:5000", false)]
    [InlineData("", "http://a.example", false)]
    public void No_proxy_is_read_as_dockers_tools_read_it(string except, string address, bool proxied)
    {
        var proxy = new EnvironmentProxy(name => name switch { "HTTPS_PROXY" => "http://proxy.example:3128", "NO_PROXY" => except, _ => null });
        Assert.Equal(proxied, proxy.GetProxy(new Uri(address)) is not null);
    }

    [Fact]
    public void A_proxy_that_is_none_is_named() => Assert.Contains(
        "HTTPS_PROXY is set to 'ftp://x'", Assert.Throws<ImageException>(() => new EnvironmentProxy(name => name == "HTTPS_PROXY" ? "ftp://x" : null)).Message);

    [Theory]
    [InlineData("named", "REGISTRY_AUTH_FILE", "named.json")]
    [InlineData("runtime", "XDG_RUNTIME_DIR", "containers/auth.json")]
    [InlineData("configuration", "XDG_CONFIG_HOME", "containers/auth.json")]
    [InlineData("home", "HOME", ".config/containers/auth.json")]
    [InlineData("docker", "DOCKER_CONFIG", "config.json")]
    [InlineData("dockerhome", "HOME", ".docker/config.json")]
    public async Task Each_file_that_credentials_are_kept_in_is_read(string user, string variable, string file)
    {
        var path = _temporary[$"{user}/{file}"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $$"""{"auths":{"registry.example":{"auth":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":x"))}}"} } }""");
        var credentials = new Credentials(name => name == variable ? variable == "REGISTRY_AUTH_FILE" ? path : _temporary[user] : null);

        Assert.Equal(user, (await credentials.FindAsync("registry.example", "app", TestContext.Current.CancellationToken))!.User);
    }

    [Fact]
    public async Task The_first_file_that_knows_the_registry_counts_and_the_most_specific_name_in_it()
    {
        Directory.CreateDirectory(_temporary["containers"]);
        File.WriteAllText(_temporary["containers/auth.json"], """{"auths":{"registry.example/team/app":{"username":"app","password":"x"},"registry.example/team":{"username":"team","password":"x"},"registry.example":{"username":"all","password":"x"} } }""");
        File.WriteAllText(_temporary["config.json"], """{"auths":{"registry.example":{"username":"docker","password":"x"},"https://index.docker.io/v1/":{"username":"hub","password":"x"},"https://other.example":{"username":"other","password":"x"} } }""");
        var credentials = new Credentials(name => name is "XDG_RUNTIME_DIR" or "DOCKER_CONFIG" ? _temporary.Path : null);

        foreach (var (host, repository, user) in ((string, string, string)[])[
            ("registry.example", "team/app", "app"), ("registry.example", "team/other", "team"), ("registry.example", "teams/app", "all"),
            ("docker.io", "library/x", "hub"), ("other.example", "x", "other")])
        {
            Assert.Equal(user, (await credentials.FindAsync(host, repository, TestContext.Current.CancellationToken))!.User);
        }

        Assert.Null(await credentials.FindAsync("nowhere.example", "x", TestContext.Current.CancellationToken));
        var alone = new Credentials(name => name == "REGISTRY_AUTH_FILE" ? _temporary["missing.json"] : _temporary.Path);
        Assert.Null(await alone.FindAsync("registry.example", "x", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Mirrors_may_be_for_digests_or_tags_only_and_drop_ins_come_after()
    {
        var registries = RegistriesFile.Parse(
            """
            [[registry]]
            prefix = "r.example"
            [[registry.mirror]]
            location = "digests.example"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "tags.example"
            pull-from-mirror = "tag-only"
            [[registry]]
            prefix = "s.example"
            mirror-by-digest-only = true
            [[registry.mirror]]
            location = "all.example"
            """, "x");
        Assert.Equal(["tags.example", "r.example"], Hosts(registries, "r.example/a:1"));
        Assert.Equal(["digests.example", "r.example"], Hosts(registries, "r.example/a@sha256:" + new string('0', 64)));
        Assert.Equal(["s.example"], Hosts(registries, "s.example/a:1"));
        Assert.Contains("expected all", Assert.Throws<ImageException>(() => RegistriesFile.Parse("[[registry]]\nlocation=\"a\"\n[[registry.mirror]]\nlocation=\"b\"\npull-from-mirror=\"x\"", "x")).Message);

        Directory.CreateDirectory(_temporary["conf.d"]);
        File.WriteAllText(_temporary["conf.d/1.conf"], "[[registry]]\nprefix = \"r.example\"\nlocation = \"first.example\"");
        File.WriteAllText(_temporary["conf.d/2.conf"], "[[registry]]\nprefix = \"r.example\"\nlocation = \"second.example\"");
        File.WriteAllText(_temporary["conf.d/3.txt"], "nonsense");
        Assert.Equal(["second.example"], Hosts(RegistriesConfiguration.DropIns(_temporary["conf.d"]), "r.example/a:1"));

        static IEnumerable<string> Hosts(RegistriesConfiguration registries, string name) => registries.EndpointsOf(ImageReference.Parse(name)).Select(endpoint => endpoint.Host);
    }

    private PullOptions Options => new() { RetryDelay = TimeSpan.FromMilliseconds(1), Registries = Registries, Environment = Environment };

    private void Login(string host)
    {
        File.WriteAllText(_temporary["auth.json"], $$"""{"auths":{"{{host}}":{"username":"me","password":"s3cret"} } }""");
        Environment = Environment.Add("REGISTRY_AUTH_FILE", _temporary["auth.json"]);
    }

    private Task<StoredImage> Pull(string name) => _store.PullAsync(ImageReference.Parse($"{_registry.Host}/{name}"), Options, cancellation: TestContext.Current.CancellationToken);
}
