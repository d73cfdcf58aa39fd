using Devoxx.Images.Archives;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Images.Layers;

/// <summary>Contents, owners, modes, attributes and times. The order matters: chown(2) clears set-id bits and capabilities.</summary>
public sealed unsafe partial class LayerUnpacker
{
    private static void WriteContent(SafeFileHandle file, byte[] path, TarReader tar, TarEntry entry)
    {
        if (entry.Extents is { } extents)
        {
            var chunk = ReadOnlySpan<byte>.Empty;
            foreach (var extent in extents)
            {
                for (long done = 0; done < extent.Length;)
                {
                    if (chunk.IsEmpty)
                    {
                        chunk = tar.NextChunk();
                    }

                    var part = chunk[..(int)Math.Min(chunk.Length, extent.Length - done)];
                    RandomAccess.Write(file, part, extent.Offset + done);
                    done += part.Length;
                    chunk = chunk[part.Length..];
                }
            }

            RandomAccess.SetLength(file, entry.Size);
            return;
        }

        var fd = (int)file.DangerousGetHandle();
        for (var chunk = tar.NextChunk(); !chunk.IsEmpty; chunk = tar.NextChunk())
        {
            while (!chunk.IsEmpty)
            {
                fixed (byte* bytes = chunk)
                {
                    long written = (ssize_t)write(fd, bytes, chunk.Length);
                    if (written < 0 && errno is var error && error != EINTR)
                    {
                        throw new LinuxException("write", error, LayerPath.Show(path));
                    }

                    chunk = chunk[(int)Math.Max(written, 0)..];
                }
            }
        }
    }

    private static void ApplyToFile(int fd, DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        ApplyToFile(fd, path, entry.Uid, entry.Gid, entry.Mode, entry);
        ApplyXattrs(parent, path, name, entry);
    }

    /// <summary>Owner, mode and times of a file that is open; the attributes that chown(2) would clear come afterwards.</summary>
    internal static void ApplyToFile(int fd, ReadOnlySpan<byte> path, uint uid, uint gid, uint mode, TarEntry entry)
    {
        Check(Result(fchown(fd, uid, gid)), "fchown", path);
        Check(Result(fchmod(fd, (mode_t)(ushort)mode)), "fchmod", path);
        var modified = new timespec { tv_sec = entry.ModifiedSeconds, tv_nsec = (int)entry.ModifiedNanoseconds };
        var times = stackalloc timespec[2] { modified, modified };
        Check(Result(futimens(fd, times)), "futimens", path);
    }

    private void ApplyToDirectory(DirectoryFd parent, ReadOnlySpan<byte> name, byte[] path, TarEntry entry)
    {
        ApplyToName(parent, path, name, entry, changeMode: true);
        _directoryTimes.Add((path, new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds)));
    }

    /// <summary>What cannot be opened, or need not be; the name is one that was just made here and leads nowhere else.</summary>
    private static void ApplyToName(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry, bool changeMode)
    {
        Check(parent.ChangeOwner(name, entry.Uid, entry.Gid), "fchownat", path);
        if (changeMode)
        {
            Check(parent.ChangeMode(name, entry.Mode), "fchmodat", path);
        }

        ApplyXattrs(parent, path, name, entry);
        var modified = new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds);
        Check(parent.SetTimes(name, modified, modified), "utimensat", path);
    }

    private static void ApplyXattrs(DirectoryFd parent, byte[] path, ReadOnlySpan<byte> name, TarEntry entry)
    {
        foreach (var (attribute, value) in entry.Xattrs)
        {
            if (IsKept(attribute))
            {
                CheckXattr(parent.SetXattr(name, attribute, value), attribute, path);
            }
        }
    }

    /// <summary>
    /// Capabilities, users' own attributes and access control lists. Never <c>trusted.*</c>, which would let a layer speak to overlayfs (a redirect into another
    /// directory of the layers below), nor <c>security.selinux</c> and the like, which are the host's to decide.
    /// </summary>
    internal static bool IsKept(ReadOnlySpan<byte> attribute) =>
        attribute.SequenceEqual("security.capability"u8)
        || (attribute.StartsWith("user."u8) && !attribute.StartsWith("user.overlay."u8))
        || attribute.StartsWith("system.posix_acl_"u8);

    /// <summary>A filesystem without such attributes, or none on links and devices, loses users' attributes but never a capability.</summary>
    private static void CheckXattr(int result, ReadOnlySpan<byte> attribute, byte[] path)
    {
        if (result is -Eopnotsupp or -1 && !attribute.SequenceEqual("security.capability"u8))
        {
            return;
        }

        Check(result, "setxattr " + LayerPath.Show(attribute), path);
    }

    private void SetDirectoryTimes()
    {
        foreach (var (path, modified) in _directoryTimes)
        {
            if (path.Length == 0)
            {
                Check(_root.SetTimes("."u8, modified, modified), "utimensat", path);
                continue;
            }

            // One that a later entry has replaced is left alone, whatever is there now.
            var (parentLength, nameStart) = LayerPath.Split(path);
            using var parent = _root.OpenDirectoryInRoot(parentLength == 0 ? "."u8 : path.AsSpan(0, parentLength), out _);
            if (parent is not null && parent.Stat(path.AsSpan(nameStart), out var status) >= 0 && status.IsDirectory)
            {
                Check(parent.SetTimes(path.AsSpan(nameStart), modified, modified), "utimensat", path);
            }
        }
    }

    private static int Result(int value) => value < 0 ? -errno : value;
}
