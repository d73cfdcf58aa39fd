using Devoxx.Images.Archives;
using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>
/// Makes a layer's tar of a directory in overlayfs form (a container's changes, or a layer whose own archive cannot be made again): whiteout devices
/// become <c>.wh.</c> files, opaque directories get their marker. Sorted, so that the same directory gives the same archive.
/// </summary>
internal sealed class LayerPacker(Stream output)
{
    private readonly TarWriter _tar = new(output);
    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _links = [];
    private readonly byte[] _buffer = new byte[128 << 10];

    /// <param name="directory">Trusted path; nothing below it is followed.</param>
    /// <exception cref="LinuxException">Something cannot be read, or became shorter meanwhile.</exception>
    public void Pack(string directory, CancellationToken cancellation)
    {
        using var root = DirectoryFd.Open(directory);
        Pack(root, [], cancellation);
        _tar.End();
    }

    private void Pack(DirectoryFd directory, byte[] path, CancellationToken cancellation)
    {
        var names = directory.Names();
        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            LayerUnpacker.Check(directory.Stat(name, out var status), "statx", name);
            byte[] child = path.Length == 0 ? name : [.. path, (byte)'/', .. name];
            if (status.IsWhiteout)
            {
                Marker([.. path, .. path.Length == 0 ? [] : "/"u8.ToArray(), .. ".wh."u8, .. name]);
                continue;
            }

            var entry = Entry(directory, name, child, status);
            if (entry is null)
            {
                // A socket is its process's, and no archive can hold one.
                continue;
            }

            if (status.IsRegular && entry.Type == TarEntryType.RegularFile)
            {
                Content(directory, name, entry);
                continue;
            }

            _tar.Header(entry);
            if (status.IsDirectory)
            {
                using var opened = directory.OpenDirectory(name, out var errno) ?? throw new LinuxException("openat", errno, LayerPath.Show(child), "O_DIRECTORY|O_NOFOLLOW");
                if (Overlay.IsOpaque(directory, name))
                {
                    Marker([.. child, .. "/.wh..wh..opq"u8]);
                }

                Pack(opened, child, cancellation);
            }
        }
    }

    private void Marker(byte[] name) => _tar.Header(new TarEntry { Name = name, Type = TarEntryType.RegularFile, Mode = 0b110_100_100 });

    private TarEntry? Entry(DirectoryFd directory, byte[] name, byte[] path, FileStatus status)
    {
        var entry = new TarEntry
        {
            Name = status.IsDirectory ? [.. path, (byte)'/'] : path,
            Mode = status.Mode & 0xfff,
            Uid = status.Uid,
            Gid = status.Gid,
            ModifiedSeconds = status.Modified.Seconds,
            ModifiedNanoseconds = status.Modified.Nanoseconds,
        };
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
                entry.PayloadSize = status.Size;
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

        AddXattrs(directory, name, entry);
        return entry;
    }

    private void AddXattrs(DirectoryFd directory, byte[] name, TarEntry entry)
    {
        var names = new byte[64 << 10];
        if (directory.ListXattrs(name, names) is not (> 0 and var length))
        {
            return;
        }

        foreach (var range in names.AsSpan(0, length - 1).Split((byte)0))
        {
            ReadOnlySpan<byte> attribute = names.AsSpan(range);
            if (LayerUnpacker.IsKept(attribute) && directory.GetXattr(name, attribute, _buffer) is >= 0 and var size)
            {
                entry.Xattrs.Add((attribute.ToArray(), _buffer.AsSpan(0, size).ToArray()));
            }
        }
    }

    private void Content(DirectoryFd directory, byte[] name, TarEntry entry)
    {
        using var file = MergedDirectory.OpenFile(directory, name, LayerPath.Show(entry.Name));
        _tar.Header(entry);
        for (long at = 0; at < entry.PayloadSize;)
        {
            var read = RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, entry.PayloadSize - at)), at);
            if (read == 0)
            {
                // Cut while we read: the header has promised more. Zeros keep the archive whole, as GNU tar does.
                _buffer.AsSpan().Clear();
                read = (int)Math.Min(_buffer.Length, entry.PayloadSize - at);
            }

            output.Write(_buffer, 0, read);
            at += read;
        }

        _tar.Pad(entry.PayloadSize);
    }
}
