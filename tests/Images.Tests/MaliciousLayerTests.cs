using System.Text;
using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Images.Tests;

/// <summary>Attacks by way of extended headers, sparse maps, attributes and nesting; those by names and links are in <see cref="LayerUnpackerTests"/>.</summary>
public sealed class MaliciousLayerTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly string _layer;

    public MaliciousLayerTests() => _layer = Directory.CreateDirectory(_temporary["layer"]).FullName;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void What_an_extended_header_says_in_place_of_a_harmless_name_is_checked_all_the_same()
    {
        Refuses("climbs", new TarBuilder().Pax(("path", "../../escaped"u8.ToArray())).File("harmless", "x"));
        Refuses("climbs", new TarBuilder().Entry('L', "././@LongLink", content: "../escaped\0"u8.ToArray()).File("harmless", "x"));
        Refuses("climbs", new TarBuilder().Pax(("linkpath", "../../etc/passwd"u8.ToArray())).Link("harmless", "harmless"));
        Refuses("NUL", new TarBuilder().Pax(("path", "a\0/../b"u8.ToArray())).File("harmless", "x"));
        Refuses("climbs", new TarBuilder().Pax(("GNU.sparse.name", "../escaped"u8.ToArray()), ("GNU.sparse.map", "0,1"u8.ToArray()), ("GNU.sparse.size", "1"u8.ToArray())).File("harmless", "x"));

        // A link to anywhere may be made, and is never followed.
        Unpack(new TarBuilder().Pax(("linkpath", "../../etc/passwd"u8.ToArray())).Symlink("link", "harmless"));
        Assert.Equal("../../etc/passwd", new FileInfo(_layer + "/link").LinkTarget);
        Assert.Equal(["layer"], Directory.GetFileSystemEntries(_temporary.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Sizes_that_lie_are_refused()
    {
        Refuses("bytes of files", new TarBuilder().Pax(("size", "1000000000000"u8.ToArray())).File("f", "x"));
        Refuses("cut off", new TarBuilder().Pax(("size", "100000"u8.ToArray())).File("f", "x"));
        Refuses("number", new TarBuilder().Pax(("size", "99999999999999999999"u8.ToArray())).File("f", "x"));
        Refuses("negative", new TarBuilder().Pax(("size", "-1"u8.ToArray())).File("f", "x"));
        Refuses("no user or group", new TarBuilder().Pax(("uid", "-1"u8.ToArray())).File("f", "x"));
        Refuses("no user or group", new TarBuilder().Pax(("gid", "4294967295"u8.ToArray())).File("f", "x"));
    }

    [Theory]
    [InlineData("0,1", "1152921504606846976", "bytes of files")]
    [InlineData("0,1", "0", "sparse map")]
    [InlineData("5,1", "3", "sparse map")]
    [InlineData("0,1,0,1", "10", "sparse map")]
    [InlineData("9223372036854775807,1", "10", "sparse map")]
    [InlineData("0,9223372036854775807", "9223372036854775807", "sparse map")]
    [InlineData("0,-1", "10", "sparse map")]
    [InlineData("0,2", "10", "sparse map")]
    public void Sparse_files_that_lie_are_refused(string map, string size, string why) =>
        Refuses(why, new TarBuilder().Pax(("GNU.sparse.map", Encoding.ASCII.GetBytes(map)), ("GNU.sparse.size", Encoding.ASCII.GetBytes(size))).File("f", "x"));

    [Fact]
    public void Extended_headers_without_end_are_refused_before_they_fill_the_memory()
    {
        var one = new TarBuilder();
        for (var i = 0; i < 3; i++)
        {
            one.Pax(($"SCHILY.xattr.user.x{i}", new byte[500_000]));
        }

        Refuses("extended headers", one.File("f", "x"));
        Refuses("extended header", new TarBuilder().Entry('x', "pax", size: 1L << 32));
        Refuses("extended header", new TarBuilder().Entry('g', "pax", size: 1L << 32));
    }

    [Fact]
    public void An_attribute_that_no_file_can_have_is_refused_by_the_kernel_and_named()
    {
        var big = Assert.Throws<LinuxException>(() => Unpack(new TarBuilder().Pax(("SCHILY.xattr.user.big", new byte[70_000])).File("f", "x")));
        Assert.Contains("setxattr user.big", big.Message);
    }

    [Fact]
    public void A_tree_that_links_make_deeper_than_any_path_is_not_walked()
    {
        // Each level of what is replaced would take a descriptor and a piece of the stack.
        var deep = string.Join('/', Enumerable.Repeat("d", 300));
        var tar = new TarBuilder().Pax(("path", Encoding.ASCII.GetBytes(deep + "/x"))).File("x", "x");
        for (var i = 0; i < 3; i++)
        {
            var above = i == 0 ? deep : $"s{i - 1}/{deep}";
            tar.Pax(("linkpath", Encoding.ASCII.GetBytes(above))).Symlink($"s{i}", "x").Pax(("path", Encoding.ASCII.GetBytes($"s{i}/{deep}/x"))).File("x", "x");
        }

        Refuses("nested more than 500 deep", tar.File("d", "in its place"));
    }

    [Fact]
    public void Names_that_differ_in_case_or_bytes_only_are_different_names()
    {
        Unpack(new TarBuilder().File("name", "1").File("NAME", "2").Pax(("path", [0xff, (byte)'a'])).File("x", "3").Pax(("path", [0xfe, (byte)'a'])).File("x", "4"));
        Assert.Equal("1234", _temporary.Run("sh", "-c", "cd layer && LC_ALL=C && cat name NAME \"$(printf '\\377a')\" \"$(printf '\\376a')\""));
    }

    [Fact]
    public void Set_id_bits_and_device_numbers_stay_what_they_are()
    {
        Unpack(new TarBuilder().File("su", "x", mode: 0b110_111_101_101, uid: 7, gid: 8).Device("null", 1, 3));
        Assert.Equal("6755 7:8", _temporary.Run("stat", "-c", "%a %u:%g", _layer + "/su").Trim());
        Assert.Equal("character special file 1,3", _temporary.Run("stat", "-c", "%F %Hr,%Lr", _layer + "/null").Trim());
    }

    private void Unpack(TarBuilder tar)
    {
        SafeTree.Delete(_layer);
        Directory.CreateDirectory(_layer);
        using var skeleton = new TarSkeletonWriter(new MemoryStream());
        using var unpacker = new LayerUnpacker(_layer, LayerBounds.Default, skeleton);
        unpacker.Unpack(new TarReader(new MemoryStream(tar.Bytes()), skeleton), TestContext.Current.CancellationToken);
    }

    private void Refuses(string why, TarBuilder tar)
    {
        Assert.Contains(why, Assert.ThrowsAny<ImageException>(() => Unpack(tar)).Message);
        Assert.Equal(["layer"], Directory.GetFileSystemEntries(_temporary.Path).Select(Path.GetFileName));
    }
}
