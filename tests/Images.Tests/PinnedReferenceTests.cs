using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Names and the digests that registries have them under.</summary>
public sealed class PinnedReferenceTests : IDisposable
{
    private static readonly TestImage Image = new(new TarBuilder().File("file", "x").Bytes());

    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly ConcurrentQueue<string> _retries = [];

    private PullOptions Options { get; set; } = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1), Registries = RegistriesConfiguration.Empty, Environment = ImmutableDictionary<string, string>.Empty,
    };

    public void Dispose()
    {
        _registry.Dispose();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("app:1", "app:1")]
    [InlineData("app", "app:latest")]
    public async Task The_tag_stays_and_one_request_without_content_is_enough(string name, string tagged)
    {
        var digest = _registry.Put(Image, "app", tagged["app:".Length..]);

        Assert.Equal($"{_registry.Host}/{tagged}@{digest}", await Pin(name));
        Assert.Equal(["HEAD"], _registry.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_multi_platform_image_is_pinned_by_its_index()
    {
        var one = _registry.Put(Image, "app", "one");
        _registry.PutIndex("app", "1", (one, "riscv64", null), (one, ImagePlatform.Host.Architecture, null));

        var pinned = await Pin("app:1");

        Assert.NotEqual($"{_registry.Host}/app:1@{one}", pinned);
        _registry.Misbehave = request => request.Method == "HEAD" ? new FakeAnswer(405, []) : null;
        Assert.Equal(pinned, await Pin("app:1"));
    }

    [Fact]
    public async Task A_registry_that_does_not_say_the_digest_is_asked_for_the_manifest()
    {
        var digest = _registry.Put(Image, "app", "1");
        _registry.Misbehave = request => request.Method == "HEAD" ? new FakeAnswer(200, [], Manifests.OciManifest) : null;

        Assert.Equal($"{_registry.Host}/app:1@{digest}", await Pin("app:1"));
        Assert.Equal(["HEAD", "GET"], _registry.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task What_has_a_digest_is_not_asked_for()
    {
        const string digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

        Assert.Equal($"docker.io/library/busybox@{digest}", (await PinnedReference.OfAsync($"busybox@{digest}", Options)).ToString());
        Assert.Equal($"{_registry.Host}/app@{digest}", await Pin($"app:1@{digest}"));
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task A_mirror_is_asked_first_and_the_registry_when_it_has_nothing()
    {
        using var mirror = new FakeRegistry();
        var digest = _registry.Put(Image, "app", "1");
        Options = Options with { Registries = RegistriesFile.Parse($"[[registry]]\nlocation = \"{_registry.Host}\"\n[[registry.mirror]]\nlocation = \"{mirror.Host}\"", "registries.conf") };

        Assert.Equal($"{_registry.Host}/app:1@{digest}", await Pin("app:1"));
        Assert.Single(mirror.Requests);
        Assert.Contains(mirror.Host, Assert.Single(_retries));

        mirror.Put(Image, "app", "1");
        _registry.Requests.Clear();
        Assert.Equal($"{_registry.Host}/app:1@{digest}", await Pin("app:1"));
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task Credentials_are_shown_to_who_asks_for_them()
    {
        var digest = _registry.Put(Image, "app", "1");
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:s3cret"));
        _registry.Misbehave = request => request.Headers.GetValueOrDefault("authorization") == $"Basic {login}"
            ? null
            : new FakeAnswer(401, []) { Headers = new() { ["WWW-Authenticate"] = "Basic realm=\"test\"" } };
        Assert.Contains("need a login", await Refuses("app:1"));

        Directory.CreateDirectory(_temporary[".docker"]);
        File.WriteAllText(_temporary[".docker/config.json"], $$"""{"auths":{"{{_registry.Host}}":{"auth":"{{login}}"} } }""");
        Options = Options with { Environment = ImmutableDictionary<string, string>.Empty.Add("HOME", _temporary.Path) };
        Assert.Equal($"{_registry.Host}/app:1@{digest}", await Pin("app:1"));
    }

    [Fact]
    public async Task Says_which_image_it_cannot_pin_and_why()
    {
        Assert.Contains($"has no image {_registry.Host}/missing:1", await Refuses("missing:1"));
        Assert.StartsWith("cannot pin x:${TAG} to a digest: ", (await Assert.ThrowsAsync<ImageException>(() => PinnedReference.OfAsync("x:${TAG}", Options))).Message);

        // Bringing the image in from a file, which a pull would be told to, is no way to a digest.
        _registry.Dispose();
        Assert.Equal($"cannot pin {_registry.Host}/app:1 to a digest: {_registry.Host} refuses connections", await Refuses("app:1"));
    }

    private async Task<string> Refuses(string name)
    {
        var message = (await Assert.ThrowsAsync<ImageException>(() => Pin(name))).Message;
        Assert.StartsWith($"cannot pin {_registry.Host}/{name} to a digest: ", message);
        return message;
    }

    private async Task<string> Pin(string name) =>
        (await PinnedReference.OfAsync($"{_registry.Host}/{name}", Options, _retries.Enqueue, TestContext.Current.CancellationToken)).ToString();
}
