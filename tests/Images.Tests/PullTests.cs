using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Pulling from a registry that misbehaves.</summary>
public sealed class PullTests : IDisposable
{
    private static readonly byte[] Base = new TarBuilder().Directory("etc").File("etc/os", "x").File("big", new string('b', 200_000)).Bytes();
    private static readonly byte[] Top = new TarBuilder().File("top", Convert.ToHexString(Random.Shared.GetItems(Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(), 150_000))).Bytes();
    private static readonly TestImage Image = new(Base, Top) { Compress = TestImage.Gzip };

    private readonly TemporaryDirectory _temporary = new();
    private readonly FakeRegistry _registry = new();
    private readonly ImageStore _store;
    private readonly Collector _progress = new();

    public PullTests() => _store = ImageStore.Open(_temporary["images"]);

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
    [InlineData(Manifests.OciManifest)]
    [InlineData(Manifests.DockerManifest)]
    public async Task Pulls_and_then_has_nothing_more_to_do(string type)
    {
        var digest = _registry.Put(Image, "app", "1", type);

        var pulled = await Pull("app:1");

        Assert.Equal(Image.Id, pulled.Id);
        Assert.Equal(300_000, File.ReadAllText(pulled.LayerDirectories[1] + "/top").Length);
        Assert.Equal(Image.Id, _store.Find($"{_registry.Host}/app@{digest}")!.Id);
        Assert.NotNull(pulled.LastChecked);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
        Assert.Contains(_progress.Reports, report => report is { Phase: PullPhase.Done, Layer: not null });

        _registry.Requests.Clear();
        await Pull("app:1");
        Assert.Equal(["HEAD"], _registry.Requests.Select(request => request.Method));
        Assert.Equal(PullPhase.UpToDate, _progress.Reports.Last().Phase);
    }

    [Fact]
    public async Task A_registry_without_head_requests_is_asked_for_the_manifest()
    {
        _registry.Put(Image, "app", "1");
        await Pull("app:1");
        _registry.Misbehave = request => request.Method == "HEAD" ? new FakeAnswer(405, []) : null;

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);
    }

    [Fact]
    public async Task What_is_named_by_a_digest_that_is_here_needs_no_registry()
    {
        var digest = _registry.Put(Image, "app", "1");
        await Pull($"app@{digest}");
        _registry.Requests.Clear();

        Assert.Equal(Image.Id, (await Pull($"app@{digest}")).Id);
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task Downloads_only_layers_that_are_not_here()
    {
        _registry.Put(new TestImage(Base), "base", "1");
        _registry.Put(Image, "app", "1");
        await Pull("base:1");
        _registry.Requests.Clear();

        await Pull("app:1");

        Assert.Equal(2, _registry.Requests.Count(request => request.Path.Contains("/blobs/")));
        Assert.Contains(_progress.Reports, report => report.Phase == PullPhase.AlreadyExists);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_a_broken_download_up_where_it_broke(bool hasRanges)
    {
        _registry.Put(Image, "app", "1");
        _registry.HasRanges = hasRanges;
        var broken = 0;
        _registry.Misbehave = request =>
        {
            var body = TestImage.Gzip(Top);
            return request.Path.EndsWith(TestImage.Sha(body)) && Interlocked.Increment(ref broken) <= 2
                ? new FakeAnswer(request.Offset > 0 && hasRanges ? 206 : 200, body[(hasRanges ? request.Offset : 0)..], CutAfter: 50_000)
                {
                    Headers = request.Offset > 0 && hasRanges ? new() { ["Content-Range"] = $"bytes {request.Offset}-{body.Length - 1}/{body.Length}" } : [],
                }
                : null;
        };

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);

        var offsets = _registry.Requests.Where(request => request.Path.EndsWith(TestImage.Sha(TestImage.Gzip(Top)))).Select(request => request.Offset).ToList();
        Assert.Equal(hasRanges ? [0, 50_000, 100_000] : [0, 50_000, 50_000], offsets);
    }

    [Fact]
    public async Task Gives_up_on_a_blob_that_is_cut_off_for_good()
    {
        _registry.Put(Image, "app", "1");
        var body = TestImage.Gzip(Top);
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) ? new FakeAnswer(request.Offset > 0 ? 416 : 200, request.Offset > 0 ? [] : body, CutAfter: request.Offset > 0 ? 0 : 1000) : null;
        await Refuses("gives only 1000 of the", "app:1");

        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) ? new FakeAnswer(200, body[..1000]) : null;
        await Refuses("gives only", "app:1");
    }

    [Fact]
    public async Task Refuses_layers_that_are_something_else_or_too_long()
    {
        _registry.Put(Image, "app", "1");
        var body = TestImage.Gzip(Top);
        var other = body.ToArray();
        other[^9] ^= 1;
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) ? new FakeAnswer(200, other) : null;
        await Refuses("that came as", "app:1");
        Assert.Equal(2, _registry.Requests.Count(request => request.Path.EndsWith(TestImage.Sha(body))));

        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) ? new FakeAnswer(200, [.. body, .. new byte[10]]) : null;
        await Refuses("but its manifest says", "app:1");
    }

    [Fact]
    public async Task A_layer_damaged_once_on_the_way_is_fetched_again()
    {
        _registry.Put(Image, "app", "1");
        var body = TestImage.Gzip(Top);
        var other = body.ToArray();
        other[5000] ^= 1;
        var first = 0;
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) && Interlocked.Exchange(ref first, 1) == 0 ? new FakeAnswer(200, other) : null;

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
    }

    [Fact]
    public async Task Refuses_manifests_and_configurations_that_are_something_else()
    {
        var digest = _registry.Put(Image, "app", "1");
        _registry.Misbehave = request => request.Path.Contains("/manifests/") ? new FakeAnswer(200, "{}"u8.ToArray(), Manifests.OciManifest) : null;
        await Refuses("something else for the manifest", "app@" + digest);

        _registry.Misbehave = request => request.Path.EndsWith(Image.Id) ? new FakeAnswer(200, [.. Image.Configuration[..^1], (byte)' ']) : null;
        await Refuses("something else for the configuration", "app:1");

        _registry.Misbehave = request => request.Path.EndsWith(Image.Id) ? new FakeAnswer(200, new byte[8 << 20]) : null;
        await Refuses("longer than", "app:1");
    }

    [Fact]
    public async Task Refuses_manifests_that_could_be_read_in_two_ways()
    {
        _registry.Put(Image, "both", "1", forge: text => text.Replace("\"layers\"", "\"manifests\":[],\"layers\""));
        await Refuses("index as well", "both:1");

        _registry.Put(Image, "mixed", "1");
        _registry.Misbehave = request => request.Path.EndsWith("/manifests/1") ? new FakeAnswer(200, Encoding.UTF8.GetBytes(Image.Manifest([])), Manifests.OciIndex) : null;
        await Refuses("it is refused", "mixed:1");

        _registry.Misbehave = request => request.Path.EndsWith("/manifests/1") ? new FakeAnswer(200, "{\"schemaVersion\":2}"u8.ToArray()) : null;
        await Refuses("type is missing", "mixed:1");

        _registry.Misbehave = request => request.Path.EndsWith("/manifests/1") ? new FakeAnswer(200, "{\"schemaVersion\":1}"u8.ToArray(), "application/vnd.docker.distribution.manifest.v1+prettyjws") : null;
        await Refuses("schema 1", "mixed:1");
    }

    [Fact]
    public async Task Chooses_the_platform()
    {
        var other = new TestImage(Top) { Config = new() { ["Labels"] = new System.Text.Json.Nodes.JsonObject { ["arch"] = "other" } } };
        var (mine, theirs) = (_registry.Put(Image, "app", "mine"), _registry.Put(other, "app", "theirs"));
        _registry.PutIndex("app", "2", (theirs, "riscv64", null));
        _registry.PutIndex("app", "1", (theirs, "riscv64", null), (mine, ImagePlatform.Host.Architecture, ImagePlatform.Host.Variant), (theirs, "arm", "v5"), (mine, "arm", "v6"));

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);

        Options = Options with { Platform = ImagePlatform.Parse("linux/riscv64") };
        Assert.Equal(other.Id, (await Pull("app:1")).Id);

        Options = Options with { Platform = ImagePlatform.Parse("linux/arm/v7") };
        Assert.Equal(Image.Id, (await Pull("app:1")).Id);

        Options = Options with { Platform = ImagePlatform.Parse("linux/s390x") };
        Assert.Contains("there is linux/riscv64", await Refuses("not made for linux/s390x", "app:2"));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Tries_again_when_the_registry_is_not_well(int status)
    {
        _registry.Put(Image, "app", "1");
        var asked = new ConcurrentDictionary<string, int>();
        _registry.Misbehave = request => asked.AddOrUpdate(request.Path, 1, (_, count) => count + 1) <= 2 ? new FakeAnswer(status, []) { Headers = new() { ["Retry-After"] = "0" } } : null;

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);
        Assert.Contains(_progress.Reports, report => report.Phase == PullPhase.Retrying && report.Message!.Contains(status.ToString()));
    }

    [Fact]
    public async Task Says_what_the_registry_says_when_it_goes_on_refusing()
    {
        _registry.Misbehave = _ => new FakeAnswer(429, """{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"""u8.ToArray());
        Assert.Contains("pull rate limit", await Refuses("limits how often", "app:1"));
        Assert.Equal(6, _registry.Requests.Count);

        // A registry that wants half an hour gets no second request.
        _registry.Requests.Clear();
        _registry.Misbehave = _ => new FakeAnswer(429, []) { Headers = new() { ["Retry-After"] = "1800" } };
        await Refuses("in 1800 s", "app:1");
        Assert.Single(_registry.Requests);

        _registry.Misbehave = _ => new FakeAnswer(500, []);
        await Refuses("not well", "app:1");

        _registry.Misbehave = _ => null;
        Assert.Contains("manifest unknown", await Refuses("has no image", "missing:1"));
    }

    [Fact]
    public async Task Without_a_registry_says_what_to_do_instead_and_soon()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _registry.Dispose();
        Assert.Contains("image load", (await Assert.ThrowsAsync<RegistryUnreachableException>(() => Pull("app:1"))).Message);
        var exception = await Assert.ThrowsAsync<RegistryUnreachableException>(() => _store.PullAsync(ImageReference.Parse("registry.invalid/app"), Options, _progress, TestContext.Current.CancellationToken));
        Assert.Contains("registry.invalid", exception.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_stalled_download_is_broken_off_and_taken_up_again()
    {
        _registry.Put(Image, "app", "1");
        var body = TestImage.Gzip(Top);
        var first = 0;
        _registry.Misbehave = request => request.Path.EndsWith(TestImage.Sha(body)) && Interlocked.Exchange(ref first, 1) == 0 ? new FakeAnswer(200, body[..1000]) { Length = body.Length } : null;
        Options = Options with { StallTimeout = TimeSpan.FromSeconds(1) };

        Assert.Equal(Image.Id, (await Pull("app:1")).Id);
    }

    [Fact]
    public async Task A_pull_can_be_cancelled_also_while_it_waits_for_bytes()
    {
        _registry.Put(Image, "app", "1");
        using var cancellation = new CancellationTokenSource();
        var body = TestImage.Gzip(Top);
        _registry.Misbehave = request =>
        {
            if (!request.Path.EndsWith(TestImage.Sha(body)))
            {
                return null;
            }

            cancellation.CancelAfter(100);
            return new FakeAnswer(200, body[..1000]) { Length = body.Length };
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.PullAsync(Reference("app:1"), Options, _progress, cancellation.Token));
        Assert.Empty(_store.List());
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
    }

    [Fact]
    public async Task Several_may_pull_the_same_image_at_once()
    {
        _registry.Put(Image, "app", "1");
        using var other = ImageStore.Open(_temporary["images"]);

        var pulls = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? _store : other).PullAsync(Reference("app:1"), Options, cancellation: TestContext.Current.CancellationToken)));

        Assert.All(pulls, image => Assert.Equal(pulls[0].LayerDirectories, image.LayerDirectories));
        Assert.Equal(2, Directory.GetDirectories(_temporary["images/l"]).Length);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
    }

    [Fact]
    public async Task Layers_that_a_pull_counts_on_are_not_collected_meanwhile()
    {
        _registry.Put(new TestImage(Base), "base", "1");
        _registry.Put(Image, "app", "1");
        await Pull("base:1");
        var reached = new TaskCompletionSource();
        var go = new ManualResetEventSlim();
        _registry.Misbehave = request =>
        {
            if (request.Path.EndsWith(TestImage.Sha(TestImage.Gzip(Top))))
            {
                reached.TrySetResult();
                go.Wait();
            }

            return null;
        };

        var pulling = Task.Run(() => Pull("app:1"));
        await reached.Task;
        _store.Remove(Reference("base:1").ToString(), _ => null);
        _store.Prune(_ => null, all: true);
        go.Set();

        Assert.True(File.Exists((await pulling).LayerDirectories[0] + "/etc/os"));
    }

    [Fact]
    public async Task Mirrors_are_asked_first_and_the_registry_when_they_cannot_help()
    {
        _registry.Put(Image, "mirrored/app", "1");
        using var empty = new FakeRegistry();
        Options = Options with
        {
            Registries = RegistriesFile.Parse(
                $"""
                # comment
                unqualified-search-registries = [
                  "docker.io", # [not a table]
                ]
                [[registry]]
                prefix = "registry.invalid/team"
                location = "{_registry.Host}/mirrored"   # where it really is
                [[registry.mirror]]
                location = '127.0.0.1:1'
                insecure = true
                [[registry.mirror]]
                location = "{empty.Host}"
                """,
                "registries.conf"),
        };

        var pulled = await _store.PullAsync(ImageReference.Parse("registry.invalid/team/app:1"), Options, _progress, TestContext.Current.CancellationToken);

        Assert.Equal(["registry.invalid/team/app:1"], pulled.References.Select(reference => reference.ToString()));
        Assert.Equal("/v2/app/manifests/1", empty.Requests.First().Path);
    }

    [Theory]
    [InlineData("[[registry]]\nlocation = x", "registries.conf:1: location = x")]
    [InlineData("[[registry.mirror]]", "registries.conf:1: [[registry.mirror]] without")]
    [InlineData("\nnonsense", "registries.conf:2: 'nonsense'")]
    [InlineData("[[registry]]\nlocation = \"a\"\ninsecure = \"yes\"", "expected true or false")]
    public void A_registries_file_that_is_wrong_is_named_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ImageException>(() => RegistriesFile.Parse(text, "registries.conf")).Message);

    [Fact]
    public void A_blocked_registry_is_not_asked()
    {
        var registries = RegistriesFile.Parse("[[registry]]\nprefix = \"*.example.com\"\nblocked = true", "registries.conf");
        Assert.Contains("blocked", Assert.Throws<ImageException>(() => registries.EndpointsOf(ImageReference.Parse("a.example.com/x"))).Message);
        Assert.Equal("example.com", registries.EndpointsOf(ImageReference.Parse("example.com/x")).Single().Host);
    }

    private ImageReference Reference(string name) => ImageReference.Parse($"{_registry.Host}/{name}");

    private Task<StoredImage> Pull(string name) => _store.PullAsync(Reference(name), Options, _progress, TestContext.Current.CancellationToken);

    private async Task<string> Refuses(string why, string name)
    {
        var exception = await Assert.ThrowsAnyAsync<ImageException>(() => Pull(name));
        Assert.Contains(why, exception.Message);
        Assert.Null(_store.Find(Reference(name)));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
        return exception.Message;
    }
}

internal sealed class Collector : IProgress<PullProgress>
{
    private readonly ConcurrentQueue<PullProgress> _reports = [];

    public IReadOnlyCollection<PullProgress> Reports => _reports;

    public void Report(PullProgress value) => _reports.Enqueue(value);
}
