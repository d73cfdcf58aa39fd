using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Devoxx.Native.Files;

/// <summary>What statx(2) says of a file.</summary>
public readonly struct FileStatus
{
    private const uint TypeMask = 0xf000;

    /// <summary>STATX_ATTR_MOUNT_ROOT, Linux 5.8.</summary>
    private const ulong MountRoot = 0x2000;

    internal FileStatus(in statx raw)
    {
        Mode = raw.stx_mode;
        IsMountPoint = (raw.stx_attributes & MountRoot) != 0;
        Uid = raw.stx_uid;
        Gid = raw.stx_gid;
        Links = raw.stx_nlink;
        Size = (long)raw.stx_size;
        Inode = raw.stx_ino;
        Device = ((ulong)raw.stx_dev_major << 32) | raw.stx_dev_minor;
        (Major, Minor) = (raw.stx_rdev_major, raw.stx_rdev_minor);
        Accessed = new FileTime(raw.stx_atime.tv_sec, raw.stx_atime.tv_nsec);
        Modified = new FileTime(raw.stx_mtime.tv_sec, raw.stx_mtime.tv_nsec);
    }

    /// <summary>statx(2) of something open.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static unsafe FileStatus Of(SafeHandle handle)
    {
        byte empty = 0;
        var result = FileCalls.Statx(FileCalls.Number(handle), &empty, LibC.AT_EMPTY_PATH, out var raw);
        GC.KeepAlive(handle);
        return result >= 0 ? new FileStatus(raw) : throw new LinuxException("statx", -result, $"fd {handle.DangerousGetHandle()}");
    }

    /// <summary>Type and permission bits, as in <c>st_mode</c>.</summary>
    public uint Mode { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    public uint Links { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    public ulong Inode { get; }

    /// <summary>The filesystem: one number for major and minor, good for comparing only.</summary>
    public ulong Device { get; }

    /// <summary>Of a device node, what it stands for.</summary>
    public uint Major { get; }

    public uint Minor { get; }

    public FileTime Accessed { get; }

    public FileTime Modified { get; }

    /// <summary>Something is mounted here, and this is the root of it.</summary>
    public bool IsMountPoint { get; }

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsSymbolicLink => (Mode & TypeMask) == 0xa000;

    /// <summary>A character device 0:0, which overlayfs takes for "not there" (Documentation/filesystems/overlayfs.rst).</summary>
    public bool IsWhiteout => (Mode & TypeMask) == 0x2000 && Major == 0 && Minor == 0;
}

/// <summary>Seconds and nanoseconds since 1970.</summary>
public readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    internal timespec ToTimespec() => new() { tv_sec = Seconds, tv_nsec = (int)Nanoseconds };
}
