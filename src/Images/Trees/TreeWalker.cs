using Devoxx.Images.Archives;
using Devoxx.Images.Layers;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Images.Trees;

/// <summary>How a tree is walked.</summary>
/// <param name="AsLayer">The tree is in overlayfs form and becomes a layer: whiteout devices become <c>.wh.</c> files, opaque directories get their marker.</param>
/// <param name="EmptyMounts">What is mounted in the tree is left out, but for the mount points themselves.</param>
public sealed record TreeWalk(bool AsLayer = false, bool EmptyMounts = false);

/// <summary>
/// Hands out what a directory holds, sorted, so that the same directory gives the same archive. Nothing is followed and every step is taken from a directory
/// that is held open: whoever can write to the tree may go on doing so meanwhile.
/// </summary>
/// <param name="cancellation">Asked at each entry.</param>
public sealed class TreeWalker(ITreeSink sink, TreeWalk walk, CancellationToken cancellation = default)
{
    /// <summary>A container can nest deeper than there are descriptors.</summary>
    private const int MostDepth = 500;
    private const int Eloop = 40;

    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _links = [];
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly byte[] _names = new byte[64 << 10];

    /// <summary>What lies in a directory, under a path; the directory itself is not handed out.</summary>
    /// <exception cref="LinuxException">Something cannot be read.</exception>
    public void Children(DirectoryFd directory, byte[] path) => Children(directory, path, 0);

    /// <summary>One name of a directory and what lies below it, as <paramref name="path"/>.</summary>
    /// <exception cref="LinuxException">It is not there, or cannot be read.</exception>
    public void Entry(DirectoryFd parent, byte[] name, byte[] path) => Entry(parent, name, path, 0);

    /// <summary>A directory and what lies below it, as <paramref name="path"/>.</summary>
    public void Directory(DirectoryFd directory, byte[] path)
    {
        var self = "."u8.ToArray();
        LayerUnpacker.Check(directory.Stat(self, out var status), "statx", path);
        sink.Take(Describe(directory, self, path, status)!, null);
        Children(directory, path, 0);
    }

    /// <summary>A regular file that is open, as <paramref name="path"/>.</summary>
    public void File(SafeFileHandle file, byte[] path)
    {
        var status = FileStatus.Of(file);
        var entry = new TarEntry { Type = TarEntryType.RegularFile, Name = path };
        Fill(entry, status);
        sink.Take(entry, new FileContent(file, status.Size));
    }

    private void Children(DirectoryFd directory, byte[] path, int depth)
    {
        if (depth > MostDepth)
        {
            throw new LinuxException("openat", Eloop, LayerPath.Show(path));
        }

        var names = directory.Names();
        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        foreach (var name in names)
        {
            Entry(directory, name, path.Length == 0 ? name : [.. path, (byte)'/', .. name], depth);
        }
    }

    private void Entry(DirectoryFd parent, byte[] name, byte[] path, int depth)
    {
        cancellation.ThrowIfCancellationRequested();
        LayerUnpacker.Check(parent.Stat(name, out var status), "statx", path);
        if (walk.AsLayer && status.IsWhiteout)
        {
            var slash = path.Length - name.Length;
            Marker([.. path.AsSpan(0, slash), .. ".wh."u8, .. name]);
            return;
        }

        var entry = Describe(parent, name, path, status);
        if (entry is null)
        {
            // A socket is its process's, and no archive can hold one.
            return;
        }

        if (entry.Type == TarEntryType.RegularFile)
        {
            using var file = MergedDirectory.OpenFile(parent, name, LayerPath.Show(path));
            sink.Take(entry, new FileContent(file, entry.PayloadSize));
            return;
        }

        sink.Take(entry, null);
        if (entry.Type == TarEntryType.Directory && !(walk.EmptyMounts && status.IsMountPoint))
        {
            using var opened = parent.OpenDirectory(name, out var errno) ?? throw new LinuxException("openat", errno, LayerPath.Show(path), "O_DIRECTORY|O_NOFOLLOW");
            if (walk.AsLayer && Overlay.IsOpaque(parent, name))
            {
                Marker([.. path, .. "/.wh..wh..opq"u8]);
            }

            Children(opened, path, depth + 1);
        }
    }

    private void Marker(byte[] name) => sink.Take(new TarEntry { Name = name, Type = TarEntryType.RegularFile, Mode = 0b110_100_100 }, null);

    private TarEntry? Describe(DirectoryFd directory, byte[] name, byte[] path, FileStatus status)
    {
        var entry = new TarEntry { Name = status.IsDirectory ? [.. path, (byte)'/'] : path };
        Fill(entry, status);
        if (!status.IsDirectory && status.Links > 1)
        {
            if (_links.TryGetValue((status.Device, status.Inode), out var first))
            {
                entry.Type = TarEntryType.HardLink;
                entry.LinkName = first;
                return entry;
            }

            _links.Add((status.Device, status.Inode), path);
        }

        switch (status.Mode & 0xf000)
        {
            case 0x8000:
                entry.Type = TarEntryType.RegularFile;
                entry.Size = entry.PayloadSize = walk.EmptyMounts && status.IsMountPoint ? 0 : status.Size;
                break;
            case 0x4000:
                entry.Type = TarEntryType.Directory;
                break;
            case 0xa000:
                entry.Type = TarEntryType.SymbolicLink;
                entry.LinkName = _buffer.AsSpan(0, LayerUnpacker.Check(directory.ReadLink(name, _buffer), "readlinkat", path)).ToArray();
                break;
            case 0x2000 or 0x6000:
                entry.Type = (status.Mode & 0xf000) == 0x2000 ? TarEntryType.CharacterDevice : TarEntryType.BlockDevice;
                (entry.DeviceMajor, entry.DeviceMinor) = (status.Major, status.Minor);
                break;
            case 0x1000:
                entry.Type = TarEntryType.Fifo;
                break;
            default:
                return null;
        }

        AddXattrs(directory, name, path, entry);
        return entry;
    }

    private static void Fill(TarEntry entry, FileStatus status)
    {
        entry.Mode = status.Mode & 0xfff;
        (entry.Uid, entry.Gid) = (status.Uid, status.Gid);
        (entry.ModifiedSeconds, entry.ModifiedNanoseconds) = (status.Modified.Seconds, status.Modified.Nanoseconds);
        if (status.IsRegular)
        {
            entry.Size = entry.PayloadSize = status.Size;
        }
    }

    private void AddXattrs(DirectoryFd directory, byte[] name, byte[] path, TarEntry entry)
    {
        if (directory.ListXattrs(name, _names) is not (> 0 and var length))
        {
            return;
        }

        foreach (var range in _names.AsSpan(0, length - 1).Split((byte)0))
        {
            ReadOnlySpan<byte> attribute = _names.AsSpan(range);
            if (walk.AsLayer && Overlay.IsElsewhere(attribute))
            {
                throw new ImageException(
                    $"{LayerPath.Show(path)} is kept by overlayfs in a form that no layer has ({System.Text.Encoding.ASCII.GetString(attribute)}); " +
                    "set /sys/module/overlay/parameters/redirect_dir and metacopy to N, and make the container anew");
            }

            if (LayerUnpacker.IsKept(attribute) && directory.GetXattr(name, attribute, _buffer) is >= 0 and var size)
            {
                entry.Xattrs.Add((attribute.ToArray(), _buffer.AsSpan(0, size).ToArray()));
            }
        }
    }

    /// <summary>No more than was promised: a file that grows meanwhile would never end.</summary>
    private sealed class FileContent(SafeFileHandle file, long size) : IEntryContent
    {
        private long _at;

        public int Read(Span<byte> buffer)
        {
            var part = buffer[..(int)Math.Min(buffer.Length, size - _at)];
            var read = part.IsEmpty ? 0 : RandomAccess.Read(file, part, _at);
            _at += read;
            return read;
        }
    }
}
