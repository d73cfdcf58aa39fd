using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Trees;

/// <summary>How entries become files.</summary>
public sealed record Extraction
{
    /// <summary>Whose the files are to be; null: whose the entries say.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    /// <summary>
    /// The entries come from where somebody else is root and go to where that would give power: no devices are made, and set-id bits and capabilities go where the
    /// owner changes.
    /// </summary>
    public bool Foreign { get; init; }

    /// <summary>Told of what is left out.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>
/// Writes entries into a tree that others may be changing meanwhile, as a running container does: every path is resolved by the kernel with <c>root</c> as
/// root, and whatever was just made is touched by descriptor or by a name that is not followed, never by a path (CVE-2018-15664, CVE-2019-14271).
/// </summary>
/// <param name="root">Nothing outside of it is reached.</param>
/// <param name="prefix">Where in it the entries go: the path of a directory; empty for the root itself.</param>
public sealed class TreeExtractor(DirectoryFd root, byte[] prefix, Extraction how) : ITreeSink
{
    private const int Ebusy = 16;
    private const int Eexist = 17;
    private const int Enoent = 2;
    private const int Eopnotsupp = 95;

    private readonly byte[] _buffer = new byte[128 << 10];
    private readonly List<(byte[] Path, FileTime Modified)> _times = [];

    /// <summary>Files and directories made or written to.</summary>
    public long Count { get; private set; }

    public void Take(TarEntry entry, IEntryContent? content)
    {
        var path = Below(entry.Name);
        if (path.Length == 0)
        {
            // The root of everything: nobody's to change.
            return;
        }

        Count++;
        var (parentLength, nameStart) = LayerPath.Split(path);
        using var parent = Parent(path.AsSpan(0, parentLength));
        var name = path.AsSpan(nameStart);
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                MakeDirectory(parent, path, name, entry);
                break;
            case TarEntryType.RegularFile:
                MakeFile(parent, path, name, entry, content);
                break;
            case TarEntryType.HardLink:
                var target = Below(entry.LinkName);
                var (targetParent, targetName) = LayerPath.Split(target);
                using (var from = Parent(target.AsSpan(0, targetParent)))
                {
                    Replace(parent, path, name, "linkat", (directory, own) => directory.MakeHardLink(own, from, target.AsSpan(targetName)));
                }

                break;
            case TarEntryType.SymbolicLink:
                Replace(parent, path, name, "symlinkat", (directory, own) => directory.MakeSymbolicLink(own, entry.LinkName));
                Own(parent, path, name, entry);
                break;
            case var device when how.Foreign && device is TarEntryType.CharacterDevice or TarEntryType.BlockDevice:
                how.Warn?.Invoke($"{LayerPath.Show(entry.Name)} is a device node, and was left out");
                Count--;
                break;
            default:
                var type = entry.Type switch { TarEntryType.CharacterDevice => 0x2000u, TarEntryType.BlockDevice => 0x6000u, _ => 0x1000u };
                Replace(parent, path, name, "mknodat", (directory, own) => directory.MakeNode(own, type | ModeOf(entry), entry.DeviceMajor, entry.DeviceMinor));
                Own(parent, path, name, entry);
                break;
        }
    }

    /// <summary>To be called after the last entry: each entry made in a directory has changed the directory's own times.</summary>
    public void Finish()
    {
        foreach (var (path, modified) in _times)
        {
            using var directory = root.OpenDirectoryInRoot(path, out _);
            directory?.SetTimes("."u8, modified, modified);
        }
    }

    /// <summary>Writes into a file that is there already, and stays the same file.</summary>
    public void Overwrite(SafeFileHandle file, IEntryContent content)
    {
        RandomAccess.SetLength(file, 0);
        Write(file, content);
        Count++;
    }

    private byte[] Below(ReadOnlySpan<byte> name)
    {
        var clean = LayerPath.Clean(name);
        return prefix.Length == 0 ? clean : clean.Length == 0 ? prefix : [.. prefix, (byte)'/', .. clean];
    }

    /// <summary>The directory of this path, made where missing.</summary>
    private DirectoryFd Parent(ReadOnlySpan<byte> path)
    {
        var opened = root.OpenDirectoryInRoot(path.IsEmpty ? "."u8 : path, out var errno);
        if (opened is not null)
        {
            return opened;
        }

        if (errno != Enoent || path.IsEmpty)
        {
            throw new LinuxException("openat2", errno, LayerPath.Show(path), "O_DIRECTORY|RESOLVE_IN_ROOT");
        }

        var (parentLength, nameStart) = LayerPath.Split(path);
        using (var above = Parent(path[..parentLength]))
        {
            var made = above.MakeDirectory(path[nameStart..], 0b111_101_101);
            if (made != -Eexist)
            {
                LayerUnpacker.Check(made, "mkdirat", path);
            }
        }

        return root.OpenDirectoryInRoot(path, out errno) ?? throw new LinuxException("openat2", errno, LayerPath.Show(path), "O_DIRECTORY|RESOLVE_IN_ROOT");
    }

    private void MakeDirectory(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        var made = parent.MakeDirectory(name, 0b111_000_000);
        if (made != -Eexist)
        {
            LayerUnpacker.Check(made, "mkdirat", path);
        }

        using var directory = parent.OpenDirectory(name, out var errno);
        if (directory is null)
        {
            throw made == -Eexist ? new ImageException($"cannot overwrite {LayerPath.Show(path)}, which is no directory, with a directory") : new LinuxException("openat", errno, LayerPath.Show(path));
        }

        var (uid, gid) = OwnerOf(entry);
        LayerUnpacker.Check(directory.ChangeOwner("."u8, uid, gid), "fchownat", path);
        LayerUnpacker.Check(directory.ChangeMode("."u8, ModeOf(entry)), "fchmodat", path);
        Xattrs(directory, path, "."u8, entry);
        _times.Add((path, new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds)));
    }

    private void MakeFile(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry, IEntryContent? content)
    {
        var create = O_WRONLY | O_CREAT | O_EXCL;
        var fd = parent.OpenFile(name, create, 0b110_000_000);
        var there = false;
        if (fd == -Eexist)
        {
            var removed = Remove(parent, path, name);

            // Something is mounted there, as on /etc/hosts: the file stays, and gets the content.
            there = removed == -Ebusy;
            fd = parent.OpenFile(name, there ? O_WRONLY | O_TRUNC | O_NONBLOCK : create, there ? 0u : 0b110_000_000);
        }

        using var file = new SafeFileHandle(LayerUnpacker.Check(fd, "openat", path), ownsHandle: true);
        if (content is not null)
        {
            Write(file, content);
        }

        if (!there)
        {
            var (uid, gid) = OwnerOf(entry);
            LayerUnpacker.ApplyToFile(fd, path, uid, gid, ModeOf(entry), entry);
            Xattrs(parent, path, name, entry);
        }
    }

    private void Write(SafeFileHandle file, IEntryContent content)
    {
        long at = 0;
        for (var read = content.Read(_buffer); read > 0; read = content.Read(_buffer))
        {
            RandomAccess.Write(file, _buffer.AsSpan(0, read), at);
            at += read;
        }
    }

    private delegate int Maker(DirectoryFd parent, ReadOnlySpan<byte> name);

    private static void Replace(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, string syscall, Maker make)
    {
        var made = make(parent, name);
        if (made == -Eexist)
        {
            LayerUnpacker.Check(Remove(parent, path, name), "unlinkat", path);
            made = make(parent, name);
        }

        LayerUnpacker.Check(made, syscall, path);
    }

    /// <summary>Takes away what is in the place of something that is no directory.</summary>
    private static int Remove(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name)
    {
        var removed = parent.Unlink(name);
        return parent.Stat(name, out var status) >= 0 && status.IsDirectory
            ? throw new ImageException($"cannot overwrite the directory {LayerPath.Show(path)} with something that is none")
            : removed == -Enoent ? 0 : removed;
    }

    private (uint Uid, uint Gid) OwnerOf(TarEntry entry) => how.Owner ?? (entry.Uid, entry.Gid);

    /// <summary>chown(2) clears the set-id bits of a file that changes hands, and so they go here.</summary>
    private uint ModeOf(TarEntry entry) =>
        how.Foreign && how.Owner is { } owner && owner != (entry.Uid, entry.Gid) && entry.Type != TarEntryType.Directory ? entry.Mode & 0x1ff : entry.Mode;

    private void Own(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        var (uid, gid) = OwnerOf(entry);
        var modified = new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds);
        LayerUnpacker.Check(parent.ChangeOwner(name, uid, gid), "fchownat", path);
        LayerUnpacker.Check(parent.SetTimes(name, modified, modified), "utimensat", path);
    }

    private void Xattrs(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        foreach (var (attribute, value) in entry.Xattrs)
        {
            if (!LayerUnpacker.IsKept(attribute) || (how.Foreign && how.Owner is not null && attribute.AsSpan().SequenceEqual("security.capability"u8)))
            {
                continue;
            }

            if (parent.SetXattr(name, attribute, value) is var result && result != -Eopnotsupp)
            {
                LayerUnpacker.Check(result, "setxattr", path);
            }
        }
    }
}
