using Devoxx.Images.Archives;

namespace Devoxx.Images.Tests;

/// <summary>Tag, history, save, and what comes back.</summary>
public sealed class SaveTests : IDisposable
{
    private static readonly byte[] Base = new TarBuilder().Directory("etc").File("etc/passwd", "root:x:0:0::/root:/bin/sh\n").Link("etc/twin", "etc/passwd").Bytes();
    private static readonly byte[] Top = new TarBuilder().File("etc/.wh.passwd").Directory("o").File("o/.wh..wh..opq").Pax(("SCHILY.xattr.user.x", [0, 1, 255])).File("big", new string('x', 300_000)).Symlink("l", "big").Bytes();

    private readonly TemporaryDirectory _temporary = new();
    private readonly ImageStore _store;

    public SaveTests() => _store = ImageStore.Open(_temporary["images"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task What_is_saved_loads_as_the_same_image()
    {
        var image = new TestImage(Base, Top, Base) { Compress = TestImage.Gzip };
        await _store.LoadAsync(new MemoryStream(image.DockerArchive("app:1", "app:2")), cancellation: Cancellation);

        var saved = await Save("app:1");
        using var other = ImageStore.Open(_temporary["other"]);
        var loaded = Assert.Single(await other.LoadAsync(new Unseekable(saved), cancellation: Cancellation));

        Assert.Equal(image.Id, loaded.Id);
        Assert.Equal(["app:1"], loaded.References.Select(name => name.Familiar));
        Assert.Equal(300_000, new FileInfo(loaded.LayerDirectories[1] + "/big").Length);
        Assert.Equal(saved, await Save("app:1", other));
    }

    [Fact]
    public async Task Skopeo_reads_what_is_saved_as_either_format()
    {
        await _store.LoadAsync(new MemoryStream(new TestImage(Base, Top).DockerArchive("app:1")), cancellation: Cancellation);
        File.WriteAllBytes(_temporary["saved.tar"], await Save("app:1"));

        Assert.Contains("\"amd64\"", _temporary.Run("skopeo", "inspect", "docker-archive:saved.tar").Replace("arm64", "amd64"));
        Assert.Contains("\"amd64\"", _temporary.Run("skopeo", "inspect", "oci-archive:saved.tar").Replace("arm64", "amd64"));
        _temporary.Run("skopeo", "copy", "-q", "docker-archive:saved.tar", "oci:layout:app");
        _temporary.Run("umoci", "unpack", "--image", "layout:app", "bundle");
        Assert.True(File.Exists(_temporary["bundle/rootfs/big"]));
        Assert.False(File.Exists(_temporary["bundle/rootfs/etc/passwd"]));
    }

    [Fact]
    public async Task An_id_saves_all_names_and_several_images_share_their_layers()
    {
        var (one, two) = (new TestImage(Base), new TestImage(Base, Top));
        await _store.LoadAsync(new MemoryStream(one.DockerArchive("one:1", "one:2")), cancellation: Cancellation);
        await _store.LoadAsync(new MemoryStream(two.DockerArchive("two:1")), cancellation: Cancellation);

        var saved = await Save(one.Id, _store, "two:1");

        using var other = ImageStore.Open(_temporary["other"]);
        Assert.Equal(2, (await other.LoadAsync(new MemoryStream(saved), cancellation: Cancellation)).Length);
        Assert.Equal(["one:1", "one:2", "two:1"], other.List().SelectMany(image => image.References).Select(name => name.Familiar).Order());
        Assert.Equal(2, Directory.GetDirectories(_temporary["other/l"]).Length);
    }

    [Fact]
    public async Task A_layer_that_has_a_file_twice_is_packed_anew()
    {
        var twice = new TarBuilder().File("a", "first").File("a", "second").Directory("d").File(".wh.gone").File("d/.wh..wh..opq").Link("b", "a").Bytes();
        await _store.LoadAsync(new MemoryStream(new TestImage(Base, twice).DockerArchive("app:1")), cancellation: Cancellation);

        using var other = ImageStore.Open(_temporary["other"]);
        var loaded = Assert.Single(await other.LoadAsync(new MemoryStream(await Save("app:1")), cancellation: Cancellation));

        Assert.Equal("second", File.ReadAllText(loaded.LayerDirectories[1] + "/b"));
        Assert.Equal("character special file", _temporary.Run("stat", "-c", "%F", loaded.LayerDirectories[1] + "/gone").Trim());
        Assert.Equal("y", _temporary.Run("getfattr", "--absolute-names", "--only-values", "-n", "trusted.overlay.opaque", loaded.LayerDirectories[1] + "/d"));
        Assert.Equal("2", _temporary.Run("stat", "-c", "%h", loaded.LayerDirectories[1] + "/a").Trim());
    }

    [Fact]
    public async Task Refuses_to_save_what_was_changed_on_disk()
    {
        await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("app:1")), cancellation: Cancellation);
        File.WriteAllText(_store.Find("app:1")!.LayerDirectories[0] + "/etc/passwd", "root::0:0::/root:/bin/sh\n\n");

        Assert.Contains("changed on disk", (await Assert.ThrowsAsync<ImageException>(() => Save("app:1"))).Message);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => Save("missing"));
    }

    [Fact]
    public async Task Loads_by_path_from_archives_and_layouts()
    {
        await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("one:1")), cancellation: Cancellation);
        await _store.LoadAsync(new MemoryStream(new TestImage(Base, Top).DockerArchive("two:1")), cancellation: Cancellation);
        File.WriteAllBytes(_temporary["saved.tar"], await Save("one:1", _store, "two:1"));
        _temporary.Run("sh", "-c", "mkdir layout && tar -xf saved.tar -C layout && rm layout/manifest.json");
        foreach (var path in (string[])[$"docker-archive:{_temporary["saved.tar"]}", $"oci:{_temporary["layout"]}"])
        {
            using var other = ImageStore.Open(_temporary[Guid.NewGuid().ToString()]);
            Assert.Equal(new TestImage(Base, Top).Id, Assert.Single(await other.LoadAsync(ImagePath.TryParse(path + ":two:1")!, cancellation: Cancellation)).Id);
            Assert.Equal(2, (await other.LoadAsync(ImagePath.TryParse(path)!, cancellation: Cancellation)).Length);
            Assert.Contains("no image three", (await Assert.ThrowsAsync<ImageException>(() => other.LoadAsync(ImagePath.TryParse(path + ":three:1")!, cancellation: Cancellation))).Message);
        }

        Assert.Null(ImagePath.TryParse("busybox:1"));
        Assert.Throws<ImageException>(() => ImagePath.TryParse("oci:"));
        Assert.Contains("nothing at", (await Assert.ThrowsAsync<ImageException>(() => _store.LoadAsync(ImagePath.TryParse("oci:/nowhere/x")!, cancellation: Cancellation))).Message);
        Assert.Contains("nothing at", (await Assert.ThrowsAsync<ImageException>(() => _store.LoadAsync(ImagePath.TryParse("oci-archive:/nowhere/x")!, cancellation: Cancellation))).Message);
    }

    [Fact]
    public async Task What_is_written_as_a_layout_is_read_by_skopeo_and_umoci_and_keeps_what_was_there()
    {
        var (one, two) = (new TestImage(Base), new TestImage(Base, Top));
        await _store.LoadAsync(new MemoryStream(one.DockerArchive("one:1")), cancellation: Cancellation);
        await _store.LoadAsync(new MemoryStream(two.DockerArchive("two:1")), cancellation: Cancellation);
        var layout = _temporary["layout"];

        await LayoutWriter.WriteAsync(new Unseekable(await Save("one:1")), layout, "first", Cancellation);
        Assert.Contains("\"Layers\"", _temporary.Run("skopeo", "inspect", "oci:layout"));
        await LayoutWriter.WriteAsync(new Unseekable(await Save("two:1")), layout, "second", Cancellation);
        await LayoutWriter.WriteAsync(new Unseekable(await Save("two:1")), layout, null, Cancellation);
        _temporary.Run("skopeo", "copy", "-q", "oci:layout:first", "docker-archive:first.tar");
        _temporary.Run("skopeo", "inspect", "oci:layout:docker.io/library/two:1");
        _temporary.Run("umoci", "unpack", "--image", "layout:second", "bundle");
        Assert.True(File.Exists(_temporary["bundle/rootfs/big"]));
        Assert.Empty(Directory.GetFiles(layout, "*.part", SearchOption.AllDirectories));

        using var other = ImageStore.Open(_temporary["other"]);
        Assert.Equal(two.Id, Assert.Single(await other.LoadAsync(ImagePath.TryParse($"oci:{layout}:second")!, cancellation: Cancellation)).Id);
        Assert.Equal("two:1", Assert.Single(other.List()).References.Single().Familiar);

        // A tag goes from one image to another.
        await LayoutWriter.WriteAsync(new MemoryStream(await Save("two:1")), layout, "first", Cancellation);
        Assert.Equal(two.Id, Assert.Single(await other.LoadAsync(ImagePath.TryParse($"oci:{layout}:first")!, cancellation: Cancellation)).Id);
    }

    [Fact]
    public async Task A_layout_is_as_it_was_when_writing_to_it_fails()
    {
        await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("one:1")), cancellation: Cancellation);
        await _store.LoadAsync(new MemoryStream(new TestImage(Base, Top).DockerArchive("two:1")), cancellation: Cancellation);
        await LayoutWriter.WriteAsync(new MemoryStream(await Save("one:1")), _temporary["layout"], null, Cancellation);
        var before = File.ReadAllText(_temporary["layout/index.json"]);

        var both = await Save("one:1", _store, "two:1");
        Assert.Contains("several images", (await Assert.ThrowsAsync<ImageException>(() => LayoutWriter.WriteAsync(new MemoryStream(both), _temporary["layout"], "t", Cancellation))).Message);
        await Assert.ThrowsAnyAsync<IOException>(() => LayoutWriter.WriteAsync(new MemoryStream(both[..(both.Length / 2)]), _temporary["layout"], null, Cancellation));
        Directory.CreateDirectory(_temporary["home/precious"]);
        Assert.Contains("no OCI layout", (await Assert.ThrowsAsync<ImageException>(() => LayoutWriter.WriteAsync(new MemoryStream(both), _temporary["home"], null, Cancellation))).Message);

        Assert.Equal(before, File.ReadAllText(_temporary["layout/index.json"]));
        Assert.Empty(Directory.GetFiles(_temporary["layout"], "*.part", SearchOption.AllDirectories));
        Assert.Equal(["precious"], Directory.GetFileSystemEntries(_temporary["home"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_layout_cannot_show_the_host()
    {
        File.WriteAllText(_temporary["secret"], "{}");
        Directory.CreateDirectory(_temporary["layout"]);
        File.CreateSymbolicLink(_temporary["layout/index.json"], _temporary["secret"]);
        Assert.Contains("no image archive", (await Assert.ThrowsAsync<ImageException>(() => _store.LoadAsync(ImagePath.TryParse($"oci:{_temporary["layout"]}")!, cancellation: Cancellation))).Message);
    }

    [Fact]
    public async Task Tags_move()
    {
        await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("app:1")), cancellation: Cancellation);
        await _store.LoadAsync(new MemoryStream(new TestImage(Top).DockerArchive("app:2")), cancellation: Cancellation);

        _store.Tag("app:1", ImageReference.Parse("app:latest"));
        _store.Tag("app:2", ImageReference.Parse("app"));

        Assert.Equal(["app:2", "app:latest"], _store.Find("app")!.References.Select(name => name.Familiar));
        Assert.Equal(["app:1"], _store.Find("app:1")!.References.Select(name => name.Familiar));
        Assert.Throws<ImageNotFoundException>(() => _store.Tag("missing", ImageReference.Parse("x")));
    }

    [Fact]
    public async Task History_tells_which_step_added_how_much()
    {
        var config = new Oci.ImageConfiguration { History = [new() { CreatedBy = "import", Created = "2024-01-02T03:04:05Z" }, new() { CreatedBy = "ENV x", EmptyLayer = true }] };
        await _store.ImportAsync(new MemoryStream(Top), ImageReference.Parse("app"), config, Cancellation);

        Assert.Equal([("ENV x", 0L), ("import", 300_000L)], _store.History("app").Select(step => (step.CreatedBy, step.Size)));
    }

    [Theory]
    [InlineData("ustar")]
    [InlineData("gnu --sparse")]
    [InlineData("oldgnu --sparse")]
    [InlineData("pax")]
    [InlineData("pax --sparse --sparse-version=0.0")]
    [InlineData("pax --sparse --sparse-version=0.1")]
    [InlineData("pax --sparse --sparse-version=1.0")]
    [InlineData("v7")]
    public async Task Gnu_tars_formats_unpack_and_come_out_again_bit_by_bit(string format)
    {
        var longName = format is "ustar" or "v7" ? "name" : new string('n', 200);
        _temporary.Run("sh", "-c", $"""
            set -e; mkdir -p root/{longName}/sub; cd root; echo x >{longName}/sub/file; ln {longName}/sub/file hard; ln -s {longName}/sub/file soft; chown 1234:5678 hard; chmod 4711 hard
            truncate -s 3M sparse; for i in $(seq 0 30); do printf %d $i | dd of=sparse bs=1 seek=$((i*65536)) conv=notrunc 2>/dev/null; done; touch -d '2001-02-03 04:05:06' hard sparse
            cd ..; tar --format={format} -cf root.tar -C root .
            """);
        var tar = File.ReadAllBytes(_temporary["root.tar"]);

        var image = await _store.ImportAsync(new Unseekable(tar), ImageReference.Parse("app"), cancellation: Cancellation);

        const string list = "find . -mindepth 1 -printf '%p %y %U:%G %m %s %Ts %l\\n' | grep -v ' d ' | sort; find . -type f -exec sha256sum {} + | sort -k2";
        Assert.Equal(_temporary.Run("sh", "-c", "cd root; " + list), _temporary.Run("sh", "-c", $"cd {image.LayerDirectories[0]}; {list}"));
        Assert.Equal(format.Contains("--sparse"), int.Parse(_temporary.Run("stat", "-c", "%b", image.LayerDirectories[0] + "/sparse")) < 3000);
        Assert.True((await Save("app")).AsSpan().IndexOf(tar) >= 0);
    }

    private async Task<byte[]> Save(string name, ImageStore? store = null, params string[] more)
    {
        var output = new MemoryStream();
        await (store ?? _store).SaveAsync([name, .. more], output, Cancellation);
        return output.ToArray();
    }
}
