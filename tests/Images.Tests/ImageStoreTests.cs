using Devoxx.Images.Layers;

namespace Devoxx.Images.Tests;

public sealed class ImageStoreTests : IDisposable
{
    private static readonly byte[] Base = new TarBuilder().Directory("tmp", 0b1_111_111_111).Directory("etc").File("etc/passwd", "root:x:0:0::/root:/bin/sh\n").Bytes();
    private static readonly byte[] Top = new TarBuilder().Directory("etc").File("etc/.wh.passwd").File("hello", "hello").Bytes();

    private readonly TemporaryDirectory _temporary = new();
    private readonly ImageStore _store;

    public ImageStoreTests() => _store = ImageStore.Open(_temporary["images"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    public static TheoryData<string> Compressions => ["none", "gzip", "zstd"];

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task Loads_what_docker_save_writes(string compression)
    {
        var image = new TestImage(Base, Top, Base) { Compress = Compressor(compression) };

        var loaded = Assert.Single(await _store.LoadAsync(new Unseekable(image.DockerArchive("app:1", "localhost:5000/app:2")), cancellation: Cancellation));

        Assert.Equal(image.Id, loaded.Id);
        Assert.Equal(["app:1", "localhost:5000/app:2"], loaded.References.Select(name => name.Familiar));
        Assert.Equal(3, loaded.LayerDirectories.Length);
        Assert.Equal(loaded.LayerDirectories[0], loaded.LayerDirectories[2]);
        Assert.All(loaded.LayerDirectories, path => Assert.StartsWith(_store.Directory + "/", path));
        Assert.Equal("hello", File.ReadAllText(loaded.LayerDirectories[1] + "/hello"));
        Assert.Equal(["/bin/sh"], loaded.Config.Config!.Cmd!);
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), loaded.Created);
        NothingLeftBehind();
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task Loads_oci_archives(string compression)
    {
        var image = new TestImage(Base, Top) { Compress = Compressor(compression) };

        await _store.LoadAsync(new Unseekable(image.OciArchive("docker.io/library/app:1")), cancellation: Cancellation);

        Assert.Equal(image.Id, _store.Find("app:1")!.Id);
    }

    [Fact]
    public async Task Reads_an_index_of_before_names_could_stand_for_several_images()
    {
        await _store.LoadAsync(new Unseekable(new TestImage(Base).DockerArchive("app:1")), cancellation: Cancellation);
        var index = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_temporary["images/index.json"]))!.AsObject();
        Assert.True(index.Remove("sets"));
        File.WriteAllText(_temporary["images/index.json"], index.ToJsonString());

        Assert.Equal(["app:1"], Assert.Single(ImageStore.Open(_temporary["images"]).List()).References.Select(name => name.Familiar));
    }

    [Fact]
    public async Task Loads_an_archive_that_is_itself_compressed()
    {
        var image = new TestImage(Base);

        await _store.LoadAsync(new Unseekable(TestImage.Gzip(image.DockerArchive("app:1"))), cancellation: Cancellation);
        await _store.LoadAsync(new Unseekable(TestImage.Zstd(image.DockerArchive("app:2"))), cancellation: Cancellation);

        Assert.Equal(["app:1", "app:2"], Assert.Single(_store.List()).References.Select(name => name.Familiar));
    }

    [Fact]
    public async Task Finds_by_name_digest_and_id()
    {
        var image = new TestImage(Base);
        await Load(image, "app:latest");

        foreach (var name in (string[])["app", "app:latest", "docker.io/library/app", image.Id, image.Id[7..], image.Id[7..19], image.Id[..15]])
        {
            Assert.Equal(image.Id, _store.Find(name)?.Id);
        }

        Assert.Null(_store.Find("app:2"));
        Assert.Null(_store.Find("other"));
        Assert.Null(_store.Find("not a reference!"));
        Assert.Null(_store.Find(ImageReference.Parse("quay.io/app")));
    }

    [Fact]
    public async Task Another_process_sees_what_this_one_stored()
    {
        using var other = ImageStore.Open(_temporary["images"]);
        Assert.Empty(other.List());

        await Load(new TestImage(Base), "app");
        Assert.NotNull(other.Find("app"));

        _store.Remove("app", _ => null);
        Assert.Null(other.Find("app"));
    }

    [Fact]
    public async Task A_name_moves_to_the_image_loaded_last()
    {
        var (first, second) = (new TestImage(Base), new TestImage(Base, Top));
        await Load(first, "app");
        await Load(second, "app");

        Assert.Equal(second.Id, _store.Find("app")!.Id);
        Assert.Empty(_store.Find(first.Id)!.References);
    }

    [Fact]
    public async Task Layers_are_shared_and_go_with_their_last_image()
    {
        await Load(new TestImage(Base), "one");
        await Load(new TestImage(Base, Top), "two");
        var shared = _store.Find("one")!.LayerDirectories[0];
        var own = _store.Find("two")!.LayerDirectories[1];
        Assert.Equal(shared, _store.Find("two")!.LayerDirectories[0]);

        Assert.Equal([new ImageRemoval("two:latest", null), new ImageRemoval(null, new TestImage(Base, Top).Id)], _store.Remove("two", _ => null));
        Assert.True(Directory.Exists(shared));
        Assert.False(Directory.Exists(own));

        _store.Remove("one", _ => null);
        Assert.Empty(_store.List());
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/l"]));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/skeletons"]));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/blobs/sha256"]));
    }

    [Fact]
    public async Task Refuses_to_remove_what_is_in_use_or_has_several_names()
    {
        var image = new TestImage(Base);
        await Load(image, "one", "two");

        Assert.Contains("several names", Assert.Throws<ImageException>(() => _store.Remove(image.Id, _ => null)).Message);
        Assert.Equal([new ImageRemoval("one:latest", null)], _store.Remove("one", _ => "container web-1"));
        Assert.Contains("container web-1", Assert.Throws<ImageInUseException>(() => _store.Remove("two", id => id == image.Id ? "container web-1" : null)).Message);
        Assert.Throws<ImageNotFoundException>(() => _store.Remove("three", _ => null));
        Assert.NotNull(_store.Find("two"));
    }

    [Fact]
    public async Task Prunes_nameless_images_only_unless_told_otherwise()
    {
        await Load(new TestImage(Base, Top), "app");
        await Load(new TestImage(Base), "app");
        await Load(new TestImage(Top), "used");

        var (removed, bytes) = _store.Prune(_ => null);
        Assert.Equal([new ImageRemoval(null, new TestImage(Base, Top).Id)], removed);
        Assert.Equal(0, bytes);
        Assert.NotNull(_store.Find("app"));

        Assert.Equal(2, _store.Prune(id => id == new TestImage(Top).Id ? "container" : null, all: true).Removed.Length);
        Assert.Equal(new TestImage(Top).Id, Assert.Single(_store.List()).Id);
    }

    [Fact]
    public async Task Imports_a_root_filesystem()
    {
        var image = await _store.ImportAsync(new Unseekable(TestImage.Gzip(Base)), ImageReference.Parse("rootfs"), new Oci.ImageConfiguration { Config = new() { Cmd = ["/sbin/init"] } }, Cancellation);

        Assert.Equal(["/sbin/init"], _store.Find("rootfs")!.Config.Config!.Cmd!);
        Assert.Equal(ImagePlatform.Host, image.Platform);
        Assert.True(File.Exists(image.LayerDirectories.Single() + "/etc/passwd"));
    }

    [Fact]
    public async Task A_directory_that_a_layer_leaves_out_keeps_its_attributes()
    {
        var bare = new TarBuilder().File("tmp/file", "x").Bytes();
        var differently = new TarBuilder().Directory("tmp", 0b111_000_000, 7, 7).Bytes();
        await Load(new TestImage(Base, bare), "one");
        await Load(new TestImage(differently, bare), "two");

        Assert.Equal("1777 0:0", _temporary.Run("stat", "-c", "%a %u:%g", _store.Find("one")!.LayerDirectories[1] + "/tmp").Trim());
        Assert.Equal("700 7:7", _temporary.Run("stat", "-c", "%a %u:%g", _store.Find("two")!.LayerDirectories[1] + "/tmp").Trim());
    }

    [Fact]
    public async Task One_layer_on_different_ones_in_one_archive_is_kept_for_each()
    {
        var bare = new TarBuilder().File("tmp/file", "x").Bytes();
        var differently = new TarBuilder().Directory("tmp", 0b111_000_000, 7, 7).Bytes();
        using var source = ImageStore.Open(_temporary["source"]);
        await source.LoadAsync(new MemoryStream(new TestImage(Base, bare).DockerArchive("one")), cancellation: Cancellation);
        await source.LoadAsync(new MemoryStream(new TestImage(differently, bare).DockerArchive("two")), cancellation: Cancellation);
        var archive = new MemoryStream();
        await source.SaveAsync(["one", "two"], archive, Cancellation);

        await _store.LoadAsync(new MemoryStream(archive.ToArray()), cancellation: Cancellation);

        Assert.Equal("1777 0:0", _temporary.Run("stat", "-c", "%a %u:%g", _store.Find("one")!.LayerDirectories[1] + "/tmp").Trim());
        Assert.Equal("700 7:7", _temporary.Run("stat", "-c", "%a %u:%g", _store.Find("two")!.LayerDirectories[1] + "/tmp").Trim());
        Assert.Equal("x", File.ReadAllText(_store.Find("two")!.LayerDirectories[1] + "/tmp/file"));
    }

    [Fact]
    public async Task Refuses_what_is_no_image_archive()
    {
        await Refuses("image import", Base);
        await Refuses("damaged", [.. "hello"u8, .. new byte[1000]]);
        await Refuses("cut off", new TestImage(Base).DockerArchive("app")[..4000]);
        await Refuses("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, .. new byte[600]]);
        await Refuses("cut off", TestImage.Gzip(new TestImage(Base).DockerArchive("app"))[..200]);
    }

    [Fact]
    public async Task Refuses_layers_that_are_not_what_the_configuration_says()
    {
        var swapped = new TarBuilder().File("x", "y").Bytes();
        await Refuses("configuration says", new TestImage(Base) { Compress = _ => swapped }.DockerArchive("app"));
        await Refuses("configuration says", new TestImage(Base) { Compress = _ => swapped }.OciArchive("app:1"));
    }

    [Fact]
    public async Task Refuses_documents_that_are_not_what_their_digest_says()
    {
        var archive = new TestImage(Base).OciArchive("app:1");
        var text = System.Text.Encoding.Latin1.GetString(archive);
        var forged = System.Text.Encoding.Latin1.GetBytes(text.Replace("\"/bin/sh\"", "\"/bin/xx\""));
        await Refuses("something else", forged);
    }

    [Theory]
    [InlineData("\"layers\":", "\"manifests\":[],\"layers\":")]
    [InlineData("image.manifest.v1", "image.index.v1")]
    public async Task Refuses_a_manifest_that_is_an_index_as_well(string from, string to) =>
        await Refuses("refused", new TestImage(Base).OciArchive("app:1", manifest => manifest.Replace(from, to)));

    [Fact]
    public async Task Refuses_an_archive_bomb()
    {
        using var strict = ImageStore.Open(_temporary["bounded"], new LayerBounds { RatioFree = 1 << 20, Ratio = 10 });
        var bomb = TestImage.Zstd(new TarBuilder().Entry('0', "zeros", content: new byte[8 << 20]).Bytes());
        var exception = await Assert.ThrowsAsync<ImageException>(() => strict.ImportAsync(new MemoryStream(bomb), null, cancellation: Cancellation));
        Assert.Contains("archive bomb", exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["bounded/work"]));
    }

    [Fact]
    public async Task What_a_crash_left_is_gone_after_the_next_opening()
    {
        await Load(new TestImage(Base), "app");
        Directory.CreateDirectory(_temporary["images/work/123-dead/1/etc"]);
        Directory.CreateDirectory(_temporary["images/l/2/etc"]);
        File.WriteAllText(_temporary["images/index.json.1-1.tmp"], "{");
        File.WriteAllText(_temporary["images/blobs/sha256/0000"], "{");

        using var reopened = ImageStore.Open(_temporary["images"]);

        NothingLeftBehind();
        Assert.Equal(["1"], Directory.GetDirectories(_temporary["images/l"]).Select(Path.GetFileName));
        Assert.False(File.Exists(_temporary["images/index.json.1-1.tmp"]));
        reopened.Prune(_ => null);
        Assert.Single(Directory.GetFiles(_temporary["images/blobs/sha256"]));
        Assert.NotNull(reopened.Find("app")!.Config);
    }

    [Fact]
    public async Task Opening_leaves_work_under_way_alone()
    {
        var gate = new Gate(new TestImage(Base, Top).DockerArchive("app"), 3000);
        var loading = _store.LoadAsync(gate, cancellation: Cancellation);
        await gate.Reached;
        ImageStore.Open(_temporary["images"]).Dispose();
        gate.Open();

        Assert.Single(await loading);
        NothingLeftBehind();
    }

    [Fact]
    public void Is_closed_to_others()
    {
        foreach (var path in (string[])["images", "images/l", "images/work", "images/blobs", "images/skeletons"])
        {
            Assert.Equal("700", _temporary.Run("stat", "-c", "%a", _temporary[path]).Trim());
        }
    }

    private static Func<byte[], byte[]> Compressor(string name) => name switch { "gzip" => TestImage.Gzip, "zstd" => TestImage.Zstd, _ => bytes => bytes };

    private Task Load(TestImage image, params string[] names) => _store.LoadAsync(new MemoryStream(image.DockerArchive(names)), cancellation: Cancellation);

    private async Task Refuses(string why, byte[] archive)
    {
        var exception = await Assert.ThrowsAnyAsync<ImageException>(() => _store.LoadAsync(new Unseekable(archive), cancellation: Cancellation));
        Assert.Contains(why, exception.Message);
        Assert.Empty(_store.List());
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/l"]));
        NothingLeftBehind();
    }

    private void NothingLeftBehind() => Assert.Empty(Directory.GetFileSystemEntries(_temporary["images/work"]));
}
