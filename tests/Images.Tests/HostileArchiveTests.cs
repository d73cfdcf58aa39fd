using CsCheck;
using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Images.Tests;

/// <summary>Whatever an archive has, unpacking it either works or is refused, and touches nothing but the layer.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly string _outside;

    public HostileArchiveTests()
    {
        _outside = Directory.CreateDirectory(_temporary["outside"]).FullName;
        File.WriteAllText(_outside + "/victim", "untouched");
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void No_sequence_of_entries_reaches_outside()
    {
        // Few names, so that entries meet, replace and go through each other; links that lead out by every kind of path.
        var name = OneOf("a", "b", "a/b", "b/a", "a/a/b", "a/victim", "b/victim", ".wh.a", "b/.wh..wh..opq", "./a/", "/b", "..", "../outside/victim", "a/../../outside", ".");
        var target = OneOf("a", "b", "a/b", "..", "../outside", "../../outside", _outside, _outside + "/victim", "/", "../outside/victim", "/proc/self/root" + _outside, "/proc/self/cwd", "");
        var type = OneOf('0', '1', '2', '3', '5', '6', 'L', 'x', 'S', 'Z', '\0');
        Gen.Select(type, name, target).Array[1, 8].Sample(
            entries =>
            {
                var tar = new TarBuilder();
                foreach (var (kind, path, link) in entries)
                {
                    tar.Entry(kind, path, link, kind is '0' or 'L' or 'x' or '\0' ? "17 path=a/victim\n"u8.ToArray() : null, major: 1, minor: 3);
                }

                Unpack(tar.Bytes());
            },
            iter: 600,
            threads: 1);
    }

    [Fact]
    public void No_damage_to_an_archive_does_more_than_have_it_refused()
    {
        var whole = new TarBuilder().Directory("d").File("d/f", new string('x', 600)).Symlink("s", "d").File("s/g", "y").Link("h", "d/f")
            .Pax(("SCHILY.xattr.user.x", [1, 2, 3]), ("mtime", "1.5"u8.ToArray()), ("GNU.sparse.map", "0,5,10,5"u8.ToArray()), ("GNU.sparse.size", "20"u8.ToArray())).File("p", "0123456789").Bytes();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Array[1, 4].Sample(
            changes =>
            {
                var damaged = whole.ToArray();
                foreach (var (at, value, keepSum) in changes)
                {
                    damaged[at] = value;
                    if (keepSum)
                    {
                        Resum(damaged.AsSpan(at / 512 * 512, 512));
                    }
                }

                Unpack(damaged);
            },
            iter: 600,
            threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private void Unpack(byte[] tar)
    {
        var layer = _temporary["layer"];
        SafeTree.Delete(layer);
        Directory.CreateDirectory(layer);
        try
        {
            using var skeleton = new TarSkeletonWriter(new MemoryStream());
            using var unpacker = new LayerUnpacker(layer, new LayerBounds { Bytes = 1 << 20, Entries = 100 }, skeleton);
            unpacker.Unpack(new TarReader(new MemoryStream(tar), skeleton), CancellationToken.None);
        }
        catch (Exception exception) when (exception is ImageException or LinuxException)
        {
            // Refused, in words.
        }

        Assert.Equal("untouched", File.ReadAllText(_outside + "/victim"));
        Assert.Equal([_outside + "/victim"], Directory.GetFileSystemEntries(_outside));
        Assert.Equal(["layer", "outside"], Directory.GetFileSystemEntries(_temporary.Path).Select(Path.GetFileName).Order());
    }

    private static void Resum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
        {
            sum += b;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }
}
