using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Layers;

/// <summary>One directory of a <see cref="LayerView"/>: the directories of the layers that overlayfs would merge into it, topmost first.</summary>
internal sealed class MergedDirectory(List<DirectoryFd> parts) : IDisposable
{
    public const int Enoent = 2;

    /// <summary>A name in it: a merged directory, which the caller owns, or the topmost thing of another type and the directory that it lies in.</summary>
    public sealed record Entry(MergedDirectory? Directory, DirectoryFd? Part, FileStatus Status);

    public IReadOnlyList<DirectoryFd> Parts => parts;

    public MergedDirectory Duplicate() => new(parts.ConvertAll(part => part.OpenDirectory("."u8, out var errno) ?? throw new LinuxException("open", errno, ".")));

    public Entry? Find(ReadOnlySpan<byte> name)
    {
        List<DirectoryFd>? directories = null;
        FileStatus first = default;
        foreach (var part in parts)
        {
            var result = part.Stat(name, out var status);
            if (result == -Enoent)
            {
                continue;
            }

            if (result < 0)
            {
                throw new LinuxException("statx", -result, Show(name));
            }

            if (!status.IsDirectory)
            {
                if (directories is null)
                {
                    return status.IsWhiteout ? null : new Entry(null, part, status);
                }

                break;
            }

            var opened = part.OpenDirectory(name, out var errno) ?? throw new LinuxException("openat", errno, Show(name), "O_DIRECTORY|O_NOFOLLOW");
            if (directories is null)
            {
                (directories, first) = ([], status);
            }

            directories.Add(opened);
            if (Overlay.IsOpaque(part, name))
            {
                break;
            }
        }

        return directories is null ? null : new Entry(new MergedDirectory(directories), null, first);
    }

    /// <summary>Every name that shows, each once.</summary>
    public IEnumerable<byte[]> Names()
    {
        if (parts.Count == 1)
        {
            return parts[0].Names();
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<byte[]>();
        foreach (var part in parts)
        {
            foreach (var name in part.Names())
            {
                // Latin-1 keeps every byte apart, which UTF-8 does not where names are not UTF-8.
                if (seen.Add(System.Text.Encoding.Latin1.GetString(name)))
                {
                    names.Add(name);
                }
            }
        }

        return names;
    }

    /// <summary>Opens a regular file of one part. Not blocking, and checked again once open, should it have become a fifo meanwhile.</summary>
    public static SafeFileHandle OpenFile(DirectoryFd part, ReadOnlySpan<byte> name, string path)
    {
        var fd = part.OpenFile(name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
        {
            throw new LinuxException("openat", -fd, path, "O_RDONLY|O_NOFOLLOW");
        }

        var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (FileStatus.Of(handle).IsRegular)
        {
            return handle;
        }

        handle.Dispose();
        throw new ImageException($"{path} in the image is no regular file");
    }

    public void Dispose() => parts.ForEach(part => part.Dispose());

    private static string Show(ReadOnlySpan<byte> name) => System.Text.Encoding.UTF8.GetString(name);
}
