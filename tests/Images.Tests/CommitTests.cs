using Devoxx.Oci;

namespace Devoxx.Images.Tests;

/// <summary>An image of what a container has changed: the upper directory of its overlay becomes a layer.</summary>
public sealed class CommitTests : IDisposable
{
    private static readonly byte[] Base = new TarBuilder().Directory("etc").File("etc/passwd", "root:x:0:0::/root:/bin/sh\n").File("etc/gone", "x").Directory("old").File("old/below", "x").Bytes();

    private readonly TemporaryDirectory _temporary = new();
    private readonly ImageStore _store;
    private readonly string _upper;

    public CommitTests()
    {
        _store = ImageStore.Open(_temporary["images"]);
        _upper = Directory.CreateDirectory(_temporary["upper"]).FullName;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Changes_become_a_layer_over_those_of_the_image_with_whiteouts_as_every_tool_reads_them()
    {
        var below = Assert.Single(await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("base:1")), cancellation: Cancellation));
        _temporary.Run(
            "sh", "-c", "cd upper && mkdir etc old && echo new > etc/added && chown 12:34 etc/added && chmod 4755 etc/added && ln etc/added etc/twin && mknod etc/gone c 0 0 && "
            + "setfattr -n trusted.overlay.opaque -v y old && echo y > old/own && ln -s /etc/shadow link && mkfifo pipe");

        var image = await _store.CommitAsync(
            below.Id, _upper, new CommitOptions(new ImageConfig { Cmd = ["/bin/app"] }, "/bin/app --serve", "Jane", "after the migration"), ImageReference.Parse("app:2"), Cancellation);

        Assert.Equal(below.LayerDirectories[0], image.LayerDirectories[0]);
        Assert.Equal("app:2", Assert.Single(image.References).Familiar);
        Assert.Equal(["/bin/app"], image.Config.Config!.Cmd!);
        Assert.Equal(("/bin/app --serve", "Jane", "after the migration"), (image.Config.History![^1].CreatedBy, image.Config.History[^1].Author, image.Config.History[^1].Comment));
        Assert.Equal(image.Id, _store.Find("app:2")!.Id);
        Assert.Equal("character special file 0,0", _temporary.Run("stat", "-c", "%F %Hr,%Lr", image.LayerDirectories[1] + "/etc/gone").Trim());

        // What others make of it.
        File.WriteAllBytes(_temporary["saved.tar"], await Save("app:2"));
        _temporary.Run("skopeo", "copy", "-q", "docker-archive:saved.tar", "oci:layout:app");
        _temporary.Run("umoci", "unpack", "--image", "layout:app", "bundle");
        Assert.Equal("added\npasswd\ntwin\n", _temporary.Run("ls", "bundle/rootfs/etc"));
        Assert.Equal("own\n", _temporary.Run("ls", "bundle/rootfs/old"));
        Assert.Equal("4755 12:34 2\n", _temporary.Run("stat", "-c", "%a %u:%g %h", "bundle/rootfs/etc/twin"));
        Assert.Equal("/etc/shadow", new FileInfo(_temporary["bundle/rootfs/link"]).LinkTarget);
    }

    [Fact]
    public async Task A_container_that_has_written_nothing_makes_an_image_too()
    {
        var below = Assert.Single(await _store.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("base:1")), cancellation: Cancellation));

        var image = await _store.CommitAsync(below.Id, _temporary["never-made"], new CommitOptions(new ImageConfig(), ""), null, Cancellation);

        Assert.Empty(image.References);
        Assert.Equal(2, image.LayerDirectories.Length);
        Assert.NotEqual(below.Id, image.Id);
    }

    [Fact]
    public async Task What_no_layer_can_hold_or_is_too_much_is_refused_and_leaves_nothing()
    {
        using var strict = ImageStore.Open(_temporary["strict"], new Layers.LayerBounds { Bytes = 1 << 20 });
        var below = Assert.Single(await strict.LoadAsync(new MemoryStream(new TestImage(Base).DockerArchive("base:1")), cancellation: Cancellation));
        var options = new CommitOptions(new ImageConfig(), "");

        _temporary.Run("truncate", "-s", "1T", "upper/endless");
        Assert.Contains("more than", (await Assert.ThrowsAsync<ImageException>(() => strict.CommitAsync(below.Id, _upper, options, null, Cancellation))).Message);
        File.Delete(_upper + "/endless");

        _temporary.Run("sh", "-c", "mkdir upper/moved && setfattr -n trusted.overlay.redirect -v /old upper/moved");
        Assert.Contains("moved is kept by overlayfs", (await Assert.ThrowsAsync<ImageException>(() => strict.CommitAsync(below.Id, _upper, options, null, Cancellation))).Message);

        await Assert.ThrowsAsync<ImageNotFoundException>(() => strict.CommitAsync("none:1", _upper, options, null, Cancellation));
        Assert.Single(strict.List());
        Assert.Empty(Directory.GetDirectories(_temporary["strict/work"]));
        Assert.Single(Directory.GetDirectories(_temporary["strict/l"]));
    }

    private async Task<byte[]> Save(string name)
    {
        var output = new MemoryStream();
        await _store.SaveAsync([name], output, Cancellation);
        return output.ToArray();
    }
}
