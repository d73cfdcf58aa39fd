using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devoxx.Images.Build;
using Devoxx.Images.Registry;

namespace Devoxx.Images.Tests;

/// <summary>Names that stand for an image of each of several platforms: built, pushed, saved, loaded, pulled, and removed as one.</summary>
public sealed class PlatformTests : IDisposable
{
    private static readonly ImagePlatform Foreign = ImagePlatform.Parse("linux/s390x");
    private static readonly ImagePlatform Other = ImagePlatform.Parse("linux/arm/v6");
    private static readonly byte[] Shared = new TarBuilder().File("etc/os", "same everywhere").Bytes();

    private readonly TemporaryDirectory _temporary = new();
    private readonly ImageStore _store;

    public PlatformTests() => _store = ImageStore.Open(_temporary["images"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static PullOptions Options => new() { Registries = RegistriesConfiguration.Empty, Environment = ImmutableDictionary<string, string>.Empty, RetryDelay = TimeSpan.FromMilliseconds(1) };

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_name_stands_for_all_of_them_until_it_goes()
    {
        var here = await GroupAsync("app:1");

        Assert.Equal(ImagePlatform.Host, here.Platform);
        Assert.Equal([Foreign, ImagePlatform.Host, Other], here.Platforms);
        Assert.Equal("s390x", _store.Find(ImageReference.Parse("app:1"), Foreign)!.Config.Architecture);
        Assert.Equal(Other, _store.Find(ImageReference.Parse("app:1"), ImagePlatform.Parse("linux/arm/v7"))!.Platform);
        Assert.Null(_store.Find(ImageReference.Parse("app:1"), ImagePlatform.Parse("linux/riscv64")));
        Assert.Equal(2, _store.List().Count(image => image.IsPart));

        // Nothing of it is without a name; another name is for all of them too, and what is used keeps all.
        _store.Tag("app:1", ImageReference.Parse("app:2"));
        Assert.Empty(_store.Prune(_ => null).Removed);
        Assert.Empty(_store.Prune(id => id == here.Id ? "container web-1" : null, all: true).Removed);
        _store.Remove("app:1", _ => null);
        Assert.NotNull(_store.Find(ImageReference.Parse("app:2"), Foreign));

        _store.Remove("app:2", _ => null);
        Assert.Empty(_store.List());
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/l"]));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/blobs/sha256"]));
    }

    [Fact]
    public async Task A_name_that_goes_to_another_image_leaves_the_others_without_one()
    {
        await GroupAsync("app:1");
        await _store.LoadAsync(new MemoryStream(new TestImage(new TarBuilder().File("new", "x").Bytes()).DockerArchive("app:1")), cancellation: Cancellation);

        Assert.Empty(_store.Find("app:1")!.Platforms);
        Assert.Equal(3, _store.Prune(_ => null).Removed.Length);
        Assert.Single(_store.List());
        var twice = _store.Find("app:1")!.Id;
        Assert.Throws<ImageNotFoundException>(() => _store.Group([ImageReference.Parse("x:1")], [twice, "sha256:" + new string('0', 64)]));
    }

    [Fact]
    public async Task Push_sends_the_whole_index_and_pull_brings_any_platform_beside_the_others()
    {
        using var registry = await RegistryProcess.StartAsync(_temporary);
        var name = ImageReference.Parse($"{registry.Host}/app:1");
        var here = await GroupAsync(name.ToString());

        var digest = await _store.PushAsync(name, Options, cancellation: Cancellation);

        var raw = JsonDocument.Parse(_temporary.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{name}")).RootElement;
        Assert.Equal(["s390x", ImagePlatform.Host.Architecture, "arm"], raw.GetProperty("manifests").EnumerateArray().Select(entry => entry.GetProperty("platform").GetProperty("architecture").GetString()));
        _temporary.Run("skopeo", "copy", "-q", "--all", "--src-tls-verify=false", $"docker://{name}", "oci:all:1");
        Assert.Equal(digest, await _store.PushAsync(name, Options, cancellation: Cancellation));

        using var other = ImageStore.Open(_temporary["other"]);
        var pulled = await other.PullAsync(name, Options, cancellation: Cancellation);
        Assert.Equal((here.Id, 0), (pulled.Id, pulled.Platforms.Length));
        var foreign = await other.PullAsync(name, Options with { Platform = Foreign }, cancellation: Cancellation);
        Assert.Equal(Foreign, foreign.Platform);
        Assert.Equal(here.Id, other.Find(name)!.Id);
        Assert.Equal([ImagePlatform.Host, Foreign], other.Find(name)!.Platforms);

        // Both are there now: asking is enough.
        var progress = new Collector();
        await other.PullAsync(name, Options with { Platform = Foreign }, progress, Cancellation);
        Assert.Equal(PullPhase.UpToDate, progress.Reports.Last().Phase);
    }

    [Fact]
    public async Task Saved_and_loaded_it_is_the_same_set_and_other_tools_find_each_platform()
    {
        var here = await GroupAsync("docker.io/team/app:1");
        await using (var file = File.Create(_temporary["saved.tar"]))
        {
            await _store.SaveAsync(["team/app:1"], file, Cancellation);
        }

        // Old readers see the one for this machine, new ones all of them.
        Assert.Contains($"\"{ImagePlatform.Host.Architecture}\"", _temporary.Run("skopeo", "inspect", "docker-archive:saved.tar"));
        foreach (var architecture in (string[])["s390x", ImagePlatform.Host.Architecture])
        {
            Assert.Contains($"\"{architecture}\"", _temporary.Run("skopeo", "--override-arch", architecture, "inspect", "oci-archive:saved.tar:docker.io/team/app:1"));
        }

        using var other = ImageStore.Open(_temporary["other"]);
        await using (var file = File.OpenRead(_temporary["saved.tar"]))
        {
            Assert.Equal(here.Id, Assert.Single(await other.LoadAsync(file, cancellation: Cancellation)).Id);
        }

        Assert.Equal([ImagePlatform.Host, Foreign, Other], other.Find("team/app:1")!.Platforms);

        // As skopeo writes it, in a directory; and with one of the platforms missing.
        _temporary.Run("skopeo", "copy", "-q", "--all", "oci-archive:saved.tar:docker.io/team/app:1", "oci:layout:docker.io/team/app:1");
        using var third = ImageStore.Open(_temporary["third"]);
        Assert.Equal(3, Assert.Single(await third.LoadAsync(ImagePath.TryParse($"oci:{_temporary["layout"]}")!, cancellation: Cancellation)).Platforms.Length);
        File.Delete($"{_temporary["layout"]}/blobs/sha256/{_store.Find(ImageReference.Parse("team/app:1"), Foreign)!.Id[7..]}");
        using var fourth = ImageStore.Open(_temporary["fourth"]);
        Assert.Equal([ImagePlatform.Host, Other], Assert.Single(await fourth.LoadAsync(ImagePath.TryParse($"oci:{_temporary["layout"]}")!, cancellation: Cancellation)).Platforms);
    }

    [Fact]
    public async Task Every_platform_is_built()
    {
        Directory.CreateDirectory(_temporary["context"]);
        File.WriteAllText(_temporary["context/a"], "a");
        using var storage = new BuildStorage(_temporary["storage"], _temporary["run"]);
        var buildah = new BuildahBuilder("buildah", storage);
        var request = new BuildRequest
        {
            Context = _temporary["context"],
            DockerfileInline = "FROM scratch\nARG TARGETARCH\nCOPY a /\nLABEL arch=$TARGETARCH\nHEALTHCHECK CMD true\n",
            Tags = [ImageReference.Parse("built:1"), ImageReference.Parse("built:2")],
            Platforms = [Foreign, ImagePlatform.Host],
        };
        var lines = new List<string>();

        var image = await buildah.BuildAllAsync(request, _store, line => { lock (lines) { lines.Add(line); } }, Cancellation);

        Assert.Equal([Foreign, ImagePlatform.Host], image.Platforms);
        Assert.All(request.Tags, tag => Assert.Equal("s390x", _store.Find(tag, Foreign)!.Config.Config!.Labels!["arch"]));
        Assert.NotNull(image.Config.Config!.Healthcheck);
        Assert.Contains(lines, line => line.StartsWith("linux/s390x ", StringComparison.Ordinal));

        var broken = request with { DockerfileInline = "FROM scratch\nCOPY missing /\n" };
        Assert.Contains("for linux/s390x", (await Assert.ThrowsAsync<ImageException>(() => buildah.BuildAllAsync(broken, _store, null, Cancellation))).Message);
        Assert.Equal(image.Id, _store.Find("built:1")!.Id);
    }

    private async Task<StoredImage> GroupAsync(string name)
    {
        var images = ImmutableArray.CreateBuilder<string>();
        foreach (var platform in (ImagePlatform[])[Foreign, ImagePlatform.Host, Other])
        {
            var image = new TestImage(Shared, new TarBuilder().File("arch", platform.ToString()).Bytes());
            var configuration = JsonNode.Parse(image.Configuration)!;
            (configuration["architecture"], configuration["variant"]) = (platform.Architecture, platform.Variant);
            var loaded = await _store.LoadAsync(new MemoryStream((image with { Forged = configuration.ToJsonString() }).DockerArchive()), cancellation: Cancellation);
            images.Add(loaded.Single().Id);
        }

        return _store.Group([ImageReference.Parse(name)], images.ToImmutable());
    }
}
