using Devoxx.Images.Archives;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Layers;

/// <summary>What unpacking a layer came to.</summary>
/// <param name="Bytes">Contents of all files, holes included.</param>
/// <param name="ImplicitDirectories">Directories that the archive has things in but does not itself name.</param>
/// <param name="SkeletonIsWhole">False when the archive has a file twice: the first content is gone, and the archive cannot be made again.</param>
public sealed record UnpackedLayer(long Bytes, IReadOnlyCollection<byte[]> ImplicitDirectories, bool SkeletonIsWhole);

/// <summary>
/// Unpacks a layer's tar into a directory as overlayfs wants it: whiteouts are devices 0:0, opaque directories have an attribute (image-spec, layer.md).
/// The directory must be ours alone meanwhile.
/// </summary>
public sealed partial class LayerUnpacker : IDisposable
{
    private const int Eexist = 17;
    private const int Enoent = 2;
    private const int Enodata = 61;
    private const int Eopnotsupp = 95;

    /// <summary>By links an archive can nest deeper than any path is long; each level here takes a descriptor and a part of the stack.</summary>
    private const int MostDepth = 500;

    private readonly DirectoryFd _root;
    private readonly ParentDirectories _parents;
    private readonly LayerBounds _bounds;
    private readonly TarSkeletonWriter? _skeleton;

    /// <summary>A directory's own times are set last: each entry made in it changes them.</summary>
    private readonly List<(byte[] Path, FileTime Modified)> _directoryTimes = [];
    private long _bytes;
    private bool _skeletonIsWhole = true;

    public LayerUnpacker(string directory, LayerBounds bounds, TarSkeletonWriter? skeleton)
    {
        _root = DirectoryFd.Open(directory);
        _parents = new ParentDirectories(_root);
        _bounds = bounds;
        _skeleton = skeleton;
    }

    public void Dispose()
    {
        _parents.Dispose();
        _root.Dispose();
    }

    /// <exception cref="ImageException">The archive is damaged, malicious or over the bounds.</exception>
    /// <exception cref="LinuxException">The filesystem refused something.</exception>
    public UnpackedLayer Unpack(TarReader tar, CancellationToken cancellation)
    {
        long entries = 0;
        while (tar.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (++entries + _parents.Made > _bounds.Entries)
            {
                throw new ImageException($"the layer has more than {_bounds.Entries} entries");
            }

            if (entry.Type != TarEntryType.Other)
            {
                Unpack(tar, entry);
            }
        }

        SetDirectoryTimes();
        return new UnpackedLayer(_bytes, _parents.Implicit(), _skeletonIsWhole && _skeleton is not null);
    }

    internal static int Check(int result, string syscall, ReadOnlySpan<byte> path) =>
        result >= 0 ? result : throw new LinuxException(syscall, -result, LayerPath.Show(path));

    private void Unpack(TarReader tar, TarEntry entry)
    {
        var path = LayerPath.Clean(entry.Name);
        if (path.Length == 0)
        {
            if (entry.Type == TarEntryType.Directory)
            {
                // The layer's root: an attribute of a directory like any other's.
                ApplyToDirectory(_root, "."u8, path, entry);
            }

            return;
        }

        var (parentLength, nameStart) = LayerPath.Split(path);
        var parent = _parents.Open(path.AsSpan(0, parentLength));
        ReadOnlySpan<byte> name = path.AsSpan(nameStart);
        if (name.StartsWith(".wh."u8))
        {
            Hide(parent, path, path.AsSpan(0, parentLength), name);
            return;
        }

        switch (entry.Type)
        {
            case TarEntryType.Directory:
                MakeDirectory(parent, path, name, entry);
                break;
            case TarEntryType.RegularFile:
                MakeFile(parent, path, name, tar, entry);
                break;
            case TarEntryType.HardLink:
                MakeHardLink(path, parentLength, name, entry);
                break;
            case TarEntryType.SymbolicLink:
                Make(parent, path, name, "symlinkat", static (parent, name, entry) => parent.MakeSymbolicLink(name, entry.LinkName), entry);
                ApplyToName(parent, path, name, entry, changeMode: false);
                break;
            default:
                Make(parent, path, name, "mknodat", static (parent, name, entry) => parent.MakeNode(name, NodeType(entry.Type), entry.DeviceMajor, entry.DeviceMinor), entry);
                ApplyToName(parent, path, name, entry, changeMode: true);
                break;
        }
    }

    private static uint NodeType(TarEntryType type) => type switch
    {
        TarEntryType.CharacterDevice => 0x2000,
        TarEntryType.BlockDevice => 0x6000,
        _ => 0x1000,
    };

    /// <summary><c>.wh.name</c> hides what the layers below have of that name; <c>.wh..wh..opq</c> all that they have in the directory.</summary>
    private static void Hide(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> marker)
    {
        if (marker.SequenceEqual(".wh..wh..opq"u8))
        {
            Check(parent.SetXattr("."u8, Overlay.Opaque, "y"u8), "lsetxattr", directory);
            return;
        }

        // What else begins so is aufs' own bookkeeping (.wh..wh.aufs, .wh..wh.plnk).
        if (marker.StartsWith(".wh..wh."u8))
        {
            return;
        }

        var name = marker[4..];
        if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            throw new ImageException($"the layer has a whiteout of no name: {LayerPath.Show(path)}");
        }

        var made = parent.MakeNode(name, 0x2000, 0, 0);
        if (made != -Eexist)
        {
            Check(made, "mknodat", path);
        }
        else if (parent.Stat(name, out var status) >= 0 && status.IsDirectory)
        {
            // Hidden below, and made anew in this layer.
            Check(parent.SetXattr(name, Overlay.Opaque, "y"u8), "lsetxattr", path);
        }
    }

    private void MakeDirectory(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        var made = parent.MakeDirectory(name, 0b111_000_000);
        if (made == -Eexist)
        {
            Check(parent.Stat(name, out var status), "statx", path);
            if (!status.IsDirectory)
            {
                Remove(parent, path, name);
                made = parent.MakeDirectory(name, 0b111_000_000);
                if (status.IsWhiteout && made >= 0)
                {
                    Check(parent.SetXattr(name, Overlay.Opaque, "y"u8), "lsetxattr", path);
                }
            }
            else
            {
                made = 0;
            }
        }

        Check(made, "mkdirat", path);
        _parents.Named(path);
        ApplyToDirectory(parent, name, path, entry);
    }

    private void MakeFile(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarReader tar, TarEntry entry)
    {
        Count(entry.Size);
        var fd = parent.OpenFile(name, O_WRONLY | O_CREAT | O_EXCL, 0b110_000_000);
        if (fd == -Eexist)
        {
            Remove(parent, path, name);
            fd = parent.OpenFile(name, O_WRONLY | O_CREAT | O_EXCL, 0b110_000_000);
        }

        using var file = new SafeFileHandle(Check(fd, "openat", path), ownsHandle: true);
        if (entry.PayloadSize > 0)
        {
            _skeleton?.File(path, entry.Size, entry.Extents);
        }

        WriteContent(file, path, tar, entry);
        ApplyToFile(fd, parent, path, name, entry);
    }

    private void MakeHardLink(byte[] path, int parentLength, ReadOnlySpan<byte> name, TarEntry entry)
    {
        var target = LayerPath.Clean(entry.LinkName);
        var (targetParentLength, targetName) = LayerPath.Split(target);
        if (target.Length == 0 || target.AsSpan().SequenceEqual(path))
        {
            throw new ImageException($"the layer has a hard link to nothing that could be linked: {LayerPath.Show(path)}");
        }

        // Opened by itself: the parents that are kept open serve one caller at a time.
        using var from = _root.OpenDirectoryInRoot(targetParentLength == 0 ? "."u8 : target.AsSpan(0, targetParentLength), out var errno)
            ?? throw Dangling(path, target, errno);
        var parent = _parents.Open(path.AsSpan(0, parentLength));
        var made = parent.MakeHardLink(name, from, target.AsSpan(targetName));
        if (made == -Eexist)
        {
            Remove(parent, path, name);
            made = parent.MakeHardLink(name, from, target.AsSpan(targetName));
        }

        if (made < 0)
        {
            throw Dangling(path, target, -made);
        }
    }

    private static ImageException Dangling(byte[] path, byte[] target, int errno) => new(
        $"the layer has a hard link from {LayerPath.Show(path)} to {LayerPath.Show(target)}, which cannot be linked to ({Errno.Name(errno)})");

    private delegate int Maker(DirectoryFd parent, ReadOnlySpan<byte> name, TarEntry entry);

    private void Make(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, string syscall, Maker make, TarEntry entry)
    {
        var made = make(parent, name, entry);
        if (made == -Eexist)
        {
            Remove(parent, path, name);
            made = make(parent, name, entry);
        }

        Check(made, syscall, path);
    }

    /// <summary>A later entry of the same name takes the place of an earlier one.</summary>
    private void Remove(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, int depth = 0)
    {
        if (depth > MostDepth)
        {
            throw new ImageException($"the layer replaces {LayerPath.Show(path)}, in which directories are nested more than {MostDepth} deep");
        }

        Check(parent.Stat(name, out var status), "statx", path);
        if (status.IsDirectory)
        {
            using (var directory = parent.OpenDirectory(name, out var errno) ?? throw new LinuxException("openat", errno, LayerPath.Show(path), "O_DIRECTORY|O_NOFOLLOW"))
            {
                foreach (var child in directory.Names())
                {
                    Remove(directory, path, child, depth + 1);
                }
            }
        }
        else if (status.IsRegular && status.Size > 0)
        {
            _skeletonIsWhole = false;
        }

        if (status.IsDirectory || status.IsSymbolicLink)
        {
            _parents.Forget();
        }

        Check(parent.Unlink(name, status.IsDirectory), "unlinkat", path);
    }

    private void Count(long bytes)
    {
        // A sparse file's holes cost nothing here but a later copy could fill them, so they count.
        _bytes = checked(_bytes + bytes);
        if (_bytes > _bounds.Bytes)
        {
            throw new ImageException($"the layer has more than {_bounds.Bytes} bytes of files");
        }
    }
}
