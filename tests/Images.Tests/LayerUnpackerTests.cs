using System.Text;
using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Native.Files;

namespace Devoxx.Images.Tests;

public sealed class LayerUnpackerTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly string _layer;

    public LayerUnpackerTests() => _layer = Directory.CreateDirectory(_temporary["layer"]).FullName;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Makes_files_with_owner_mode_and_time()
    {
        Unpack(new TarBuilder().Directory("etc/", 0b111_101_000, 1, 2).File("etc/passwd", "root", 0b100_111_101_101, 1000, 1001));

        Assert.Equal("root", File.ReadAllText(_layer + "/etc/passwd"));
        Assert.Equal("4755 1000:1001 1600000000", Stat("etc/passwd"));
        Assert.Equal("750 1:2 1600000000", Stat("etc"));
    }

    [Fact]
    public void Makes_links_devices_and_fifos()
    {
        Unpack(new TarBuilder().File("a", "x").Link("b", "a").Symlink("c", "/etc/shadow").Device("null", 1, 3).Entry('6', "fifo").Entry('4', "sda", major: 8, minor: 300));

        Assert.Equal(_temporary.Run("stat", "-c", "%i", _layer + "/a"), _temporary.Run("stat", "-c", "%i", _layer + "/b"));
        Assert.Equal("/etc/shadow", new FileInfo(_layer + "/c").LinkTarget);
        Assert.Equal("character special file 1,3\n", _temporary.Run("stat", "-c", "%F %Hr,%Lr", _layer + "/null"));
        Assert.Equal("block special file 8,300\n", _temporary.Run("stat", "-c", "%F %Hr,%Lr", _layer + "/sda"));
        Assert.Equal("fifo\n", _temporary.Run("stat", "-c", "%F", _layer + "/fifo"));
    }

    [Fact]
    public void Keeps_binary_capabilities_and_user_attributes_but_not_what_speaks_to_overlayfs()
    {
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Unpack(new TarBuilder()
            .Pax(("SCHILY.xattr.security.capability", capability), ("SCHILY.xattr.user.colour", "blau"u8.ToArray()), ("SCHILY.xattr.trusted.overlay.redirect", "/etc"u8.ToArray()))
            .File("ping", "x"));

        Assert.Contains("cap_net_raw=ep", _temporary.Run("getcap", _layer + "/ping"));
        var attributes = _temporary.Run("getfattr", "--absolute-names", "-d", "-m", "-", _layer + "/ping");
        Assert.Contains("user.colour=\"blau\"", attributes);
        Assert.DoesNotContain("overlay", attributes);
    }

    [Fact]
    public void Turns_whiteouts_into_overlay_form()
    {
        Unpack(new TarBuilder().Directory("d").File("d/.wh.gone").Directory("o").File("o/.wh..wh..opq").File("o/new", "x").File(".wh..wh.plnk"));

        Assert.Equal("character special file 0,0\n", _temporary.Run("stat", "-c", "%F %Hr,%Lr", _layer + "/d/gone"));
        Assert.Equal("y", Opaque("o"));
        Assert.Equal(["d", "o"], Directory.GetFileSystemEntries(_layer).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(_layer + "/o/new"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_hidden_and_made_anew_in_one_layer_is_opaque(bool whiteoutFirst)
    {
        var tar = whiteoutFirst
            ? new TarBuilder().File(".wh.d").Directory("d").File("d/new", "x")
            : new TarBuilder().Directory("d").File("d/new", "x").File(".wh.d");
        Unpack(tar);

        Assert.Equal("y", Opaque("d"));
        Assert.True(File.Exists(_layer + "/d/new"));
    }

    [Fact]
    public void A_file_in_a_directory_that_only_a_whiteout_names_makes_it_opaque()
    {
        Unpack(new TarBuilder().File("a/.wh.d").File("a/d/e/new", "x"));

        Assert.Equal("y", Opaque("a/d"));
        Assert.True(File.Exists(_layer + "/a/d/e/new"));
    }

    [Fact]
    public void A_link_in_the_layer_leads_to_the_layer_only()
    {
        var outside = Directory.CreateDirectory(_temporary["outside"]).FullName;
        Unpack(new TarBuilder().Directory("usr/lib").Symlink("lib", "usr/lib").Symlink("abs", outside).Symlink("up", "../../../../../../../..").Directory(outside.TrimStart('/'))
            .File("lib/a", "1").File("abs/b", "2").File("up/c", "3"));

        Assert.Equal("1", File.ReadAllText(_layer + "/usr/lib/a"));
        Assert.Equal("2", File.ReadAllText(_layer + outside + "/b"));
        Assert.Equal("3", File.ReadAllText(_layer + "/c"));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void A_file_over_a_link_replaces_the_link()
    {
        var outside = _temporary["outside"];
        File.WriteAllText(outside, "mine");
        Unpack(new TarBuilder().Symlink("x", outside).File("x", "theirs").Symlink("y", outside).File("y", "", 0b110_110_110, 5, 5));

        Assert.Equal("mine", File.ReadAllText(outside));
        Assert.Equal("theirs", File.ReadAllText(_layer + "/x"));
        Assert.Null(new FileInfo(_layer + "/x").LinkTarget);
        Assert.Equal("0", _temporary.Run("stat", "-c", "%u", outside).Trim());
    }

    [Fact]
    public void A_directory_over_a_link_replaces_the_link()
    {
        var outside = Directory.CreateDirectory(_temporary["outside"]).FullName;
        Unpack(new TarBuilder().Symlink("d", outside).Directory("d").File("d/x", "x"));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.True(File.Exists(_layer + "/d/x"));
    }

    [Fact]
    public void What_is_replaced_deep_down_is_replaced_there()
    {
        var outside = Directory.CreateDirectory(_temporary["outside"]).FullName;
        Unpack(new TarBuilder().Directory("a/b").Symlink("a/b/x", outside).File("a/b/x", "file").Directory("a/b/y/z").Symlink("a/b/y", "x").Symlink("a/b/l", outside).Directory("a/b/l").File("a/b/l/in", "in")
            .Symlink("a/b/h", outside).Link("a/b/h", "a/b/x").Symlink("a/b/n", outside).Device("a/b/n", 1, 3));

        Assert.Equal("file", File.ReadAllText(_layer + "/a/b/x"));
        Assert.Equal("x", new FileInfo(_layer + "/a/b/y").LinkTarget);
        Assert.Equal("in", File.ReadAllText(_layer + "/a/b/l/in"));
        Assert.Equal("file", File.ReadAllText(_layer + "/a/b/h"));
        Assert.Equal("character special file 1,3\n", _temporary.Run("stat", "-c", "%F %Hr,%Lr", _layer + "/a/b/n"));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void Directories_made_on_the_way_count_as_entries() =>
        Refuses("entries", new TarBuilder().File(string.Join('/', Enumerable.Repeat("d", 45)), "x").File("y", "y"), new LayerBounds { Entries = 20 });

    [Fact]
    public void A_link_over_a_directory_in_use_is_not_followed()
    {
        var outside = Directory.CreateDirectory(_temporary["outside"]).FullName;
        Refuses("no directory", new TarBuilder().Directory("d").File("d/x", "x").Symlink("d", outside).File("d/y", "y"));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void A_hard_link_cannot_reach_outside()
    {
        var secret = _temporary["secret"];
        File.WriteAllText(secret, "secret");
        Refuses("hard link", new TarBuilder().Link("x", secret));
        Refuses("hard link", new TarBuilder().Symlink("s", _temporary.Path).Link("x", "s/secret"));
        Refuses("climbs", new TarBuilder().Link("x", "../secret"));

        // A hard link to a symbolic link is the link's twin, not its target's.
        Unpack(new TarBuilder().Symlink("t", secret).Link("twin", "t"));
        Assert.Equal(secret, new FileInfo(_layer + "/twin").LinkTarget);
        Assert.Equal("1", _temporary.Run("stat", "-c", "%h", secret).Trim());
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/../x")]
    [InlineData("a/..")]
    public void Refuses_names_that_climb(string name) => Refuses("climbs", new TarBuilder().File(name, "x"));

    [Theory]
    [InlineData(".wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData("d/.wh...")]
    public void Refuses_whiteouts_of_no_name(string name) => Refuses("whiteout", new TarBuilder().Directory("d").File(name));

    [Fact]
    public void Absolute_names_are_below_the_layer()
    {
        Unpack(new TarBuilder().File("/etc/./x//y", "x"));
        Assert.Equal("x", File.ReadAllText(_layer + "/etc/x/y"));
    }

    [Fact]
    public void Refuses_a_file_where_a_directory_should_be() => Refuses("no directory", new TarBuilder().File("a", "x").File("a/b", "y"));

    [Fact]
    public void Later_entries_replace_earlier_ones_also_a_whole_tree()
    {
        var unpacked = Unpack(new TarBuilder().Directory("d/e").File("d/e/f", "x").File("d", "file").File("g", "1").File("g", "22"));

        Assert.Equal("file", File.ReadAllText(_layer + "/d"));
        Assert.Equal("22", File.ReadAllText(_layer + "/g"));
        Assert.False(unpacked.SkeletonIsWhole);
    }

    [Fact]
    public void Stops_at_the_bounds()
    {
        var tar = new TarBuilder();
        for (var i = 0; i < 20; i++)
        {
            tar.File("f" + i, new string('x', 1000));
        }

        Refuses("entries", tar, new LayerBounds { Entries = 10 });
        Refuses("bytes", tar, new LayerBounds { Bytes = 5000 });
    }

    [Fact]
    public void Names_directories_that_the_archive_leaves_out()
    {
        var unpacked = Unpack(new TarBuilder().File("a/b/c", "x").Directory("a"));
        Assert.Equal(["a/b"], unpacked.ImplicitDirectories.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void Tells_of_an_archive_that_is_cut_off()
    {
        var bytes = new TarBuilder().File("a", new string('x', 5000)).Bytes();
        Assert.Throws<TarFormatException>(() => Unpack(bytes[..3000]));
        Assert.Throws<TarFormatException>(() => Unpack(bytes[..300]));
    }

    private UnpackedLayer Unpack(TarBuilder tar, LayerBounds? bounds = null) => Unpack(tar.Bytes(), bounds);

    private UnpackedLayer Unpack(byte[] tar, LayerBounds? bounds = null)
    {
        SafeTree.Delete(_layer);
        Directory.CreateDirectory(_layer);
        using var skeleton = new TarSkeletonWriter(new MemoryStream());
        using var unpacker = new LayerUnpacker(_layer, bounds ?? LayerBounds.Default, skeleton);
        return unpacker.Unpack(new TarReader(new MemoryStream(tar), skeleton), TestContext.Current.CancellationToken);
    }

    private void Refuses(string why, TarBuilder tar, LayerBounds? bounds = null) =>
        Assert.Contains(why, Assert.ThrowsAny<ImageException>(() => Unpack(tar, bounds)).Message);

    private string Opaque(string name) => _temporary.Run("getfattr", "--absolute-names", "--only-values", "-n", "trusted.overlay.opaque", $"{_layer}/{name}");

    private string Stat(string name) => _temporary.Run("stat", "-c", "%a %u:%g %Y", $"{_layer}/{name}").Trim();
}
