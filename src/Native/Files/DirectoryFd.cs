using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>
/// A directory by descriptor, and the *at calls below it. Names are bytes, as the kernel has them. Every call but those "in root" takes one name, without
/// a slash, and follows no link, so that nothing outside the directory is reached through what lies in it. Each returns its result, or the negative errno.
/// </summary>
[SkipLocalsInit]
public sealed unsafe class DirectoryFd : SafeHandle
{
    private const int LongestName = 255;
    private const int LongestPath = 4095;
    private const int Enametoolong = 36;
    private const int ResolveInRoot = 0x10;
    private const int ResolveNoMagicLinks = 0x02;

    private DirectoryFd(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    /// <summary>The number; good as long as this handle is kept alive.</summary>
    /// <exception cref="ObjectDisposedException">Closed: by now the number may be another file's.</exception>
    public int Fd
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <summary>Opens a directory by a trusted path; its last component must be no link.</summary>
    /// <exception cref="LinuxException">open(2) failed.</exception>
    public static DirectoryFd Open(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path + "\0");
        fixed (byte* name = bytes)
        {
            var fd = Result(openat(AT_FDCWD, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            return fd >= 0 ? new DirectoryFd(fd) : throw new LinuxException("open", -fd, path, "O_DIRECTORY|O_NOFOLLOW");
        }
    }

    /// <summary>The directory that a handle is of, also one opened as <c>O_PATH</c>; the handle stays the caller's.</summary>
    /// <exception cref="LinuxException">It is no directory.</exception>
    public static DirectoryFd Of(SafeHandle directory)
    {
        fixed (byte* self = ".\0"u8)
        {
            var fd = Result(openat(FileCalls.Number(directory), self, O_DIRECTORY | O_CLOEXEC));
            GC.KeepAlive(directory);
            return fd >= 0 ? new DirectoryFd(fd) : throw new LinuxException("openat", -fd, ".", "O_DIRECTORY");
        }
    }

    /// <summary>
    /// Opens something below this directory, links on the way resolved as if it were the root (openat2(2), RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS).
    /// The descriptor belongs to the caller.
    /// </summary>
    public int OpenInRoot(ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        var buffer = stackalloc byte[LongestPath + 1];
        return Terminate(path, buffer, LongestPath) ? Openat2.Call(Fd, buffer, flags, mode, ResolveInRoot | ResolveNoMagicLinks) : -Enametoolong;
    }

    /// <summary>As <see cref="OpenInRoot"/>, for a directory; null with the positive <paramref name="errno"/>.</summary>
    public DirectoryFd? OpenDirectoryInRoot(ReadOnlySpan<byte> path, out int errno) => Wrap(OpenInRoot(path, O_DIRECTORY), out errno);

    /// <summary>openat(2) with O_NOFOLLOW|O_CLOEXEC added. The descriptor belongs to the caller.</summary>
    public int OpenFile(ReadOnlySpan<byte> name, int flags, uint mode = 0)
    {
        var buffer = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) ? Result(openat(Fd, buffer, flags | O_NOFOLLOW | O_CLOEXEC, (mode_t)(ushort)mode)) : -Enametoolong;
    }

    /// <summary>The directory of this name; null with the positive <paramref name="errno"/> (ENOTDIR for a link).</summary>
    public DirectoryFd? OpenDirectory(ReadOnlySpan<byte> name, out int errno) => Wrap(OpenFile(name, O_DIRECTORY), out errno);

    public int MakeDirectory(ReadOnlySpan<byte> name, uint mode)
    {
        var buffer = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) ? Result(mkdirat(Fd, buffer, (mode_t)(ushort)mode)) : -Enametoolong;
    }

    /// <summary>mknodat(2): devices, fifos, sockets. The type is in <paramref name="mode"/>.</summary>
    public int MakeNode(ReadOnlySpan<byte> name, uint mode, uint major, uint minor)
    {
        var buffer = stackalloc byte[LongestName + 1];

        // makedev(3) of glibc.
        var device = ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);
        return Terminate(name, buffer) ? Result(mknodat(Fd, buffer, (mode_t)(ushort)mode, device)) : -Enametoolong;
    }

    public int MakeSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var buffer = stackalloc byte[LongestName + 1];
        var to = stackalloc byte[LongestPath + 1];
        return Terminate(name, buffer) && Terminate(target, to, LongestPath) ? Result(symlinkat(to, Fd, buffer)) : -Enametoolong;
    }

    /// <summary>A hard link of this name to <paramref name="existing"/> in <paramref name="from"/>; a symbolic link itself is linked, not followed.</summary>
    public int MakeHardLink(ReadOnlySpan<byte> name, DirectoryFd from, ReadOnlySpan<byte> existing)
    {
        var buffer = stackalloc byte[LongestName + 1];
        var old = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) && Terminate(existing, old) ? Result(linkat(from.Fd, old, Fd, buffer, 0)) : -Enametoolong;
    }

    public int Unlink(ReadOnlySpan<byte> name, bool directory = false)
    {
        var buffer = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) ? Result(unlinkat(Fd, buffer, directory ? AT_REMOVEDIR : 0)) : -Enametoolong;
    }

    /// <summary>renameat(2): replaces what <paramref name="newName"/> is.</summary>
    public int Rename(ReadOnlySpan<byte> name, DirectoryFd to, ReadOnlySpan<byte> newName)
    {
        var buffer = stackalloc byte[LongestName + 1];
        var target = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) && Terminate(newName, target) ? Renameat.Call(Fd, buffer, to.Fd, target) : -Enametoolong;
    }

    public int ChangeOwner(ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        var buffer = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) ? Result(fchownat(Fd, buffer, uid, gid, AT_SYMLINK_NOFOLLOW)) : -Enametoolong;
    }

    /// <summary>chmod of something known to be no link: fchmodat(2) cannot but follow before Linux 6.6.</summary>
    public int ChangeMode(ReadOnlySpan<byte> name, uint mode)
    {
        var buffer = stackalloc byte[LongestName + 1];
        return Terminate(name, buffer) ? Result(fchmodat(Fd, buffer, (mode_t)(ushort)mode, 0)) : -Enametoolong;
    }

    /// <summary>Sets both times; of the name itself, not of what it links to.</summary>
    public int SetTimes(ReadOnlySpan<byte> name, FileTime accessed, FileTime modified)
    {
        var buffer = stackalloc byte[LongestName + 1];
        var times = stackalloc timespec[2] { accessed.ToTimespec(), modified.ToTimespec() };
        return Terminate(name, buffer) ? Result(utimensat(Fd, buffer, times, AT_SYMLINK_NOFOLLOW)) : -Enametoolong;
    }

    /// <summary>statx(2) of the name itself.</summary>
    public int Stat(ReadOnlySpan<byte> name, out FileStatus status)
    {
        var buffer = stackalloc byte[LongestName + 1];
        status = default;
        if (!Terminate(name, buffer))
        {
            return -Enametoolong;
        }

        var result = FileCalls.Statx(Fd, buffer, AT_SYMLINK_NOFOLLOW, out var raw);
        status = new FileStatus(raw);
        return result;
    }

    /// <summary>readlinkat(2): the length of the target, cut to the buffer.</summary>
    public int ReadLink(ReadOnlySpan<byte> name, Span<byte> target)
    {
        var buffer = stackalloc byte[LongestName + 1];
        fixed (byte* to = target)
        {
            return Terminate(name, buffer) ? (int)FileCalls.Result((long)(ssize_t)readlinkat(Fd, buffer, to, target.Length)) : -Enametoolong;
        }
    }

    /// <summary>
    /// Sets an extended attribute of the name itself, also where that is a link or a device, which cannot be opened: by way of the descriptor in
    /// /proc/self/fd, as there is no *at call for it before Linux 6.13.
    /// </summary>
    public int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        var key = stackalloc byte[LongestName + 1];
        fixed (byte* path = ThroughProc(name))
        fixed (byte* data = value)
        {
            return Terminate(attribute, key) ? (int)PathXattr.Result(PathXattr.lsetxattr(path, key, data, value.Length, 0)) : -Enametoolong;
        }
    }

    /// <summary>The length of the attribute's value (−ENODATA: there is none; −ERANGE: longer than the buffer).</summary>
    public int GetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> value)
    {
        var key = stackalloc byte[LongestName + 1];
        fixed (byte* path = ThroughProc(name))
        fixed (byte* data = value)
        {
            return Terminate(attribute, key) ? (int)PathXattr.Result(PathXattr.lgetxattr(path, key, data, value.Length)) : -Enametoolong;
        }
    }

    /// <summary>Names of the attributes, each ended by a NUL; the length of all.</summary>
    public int ListXattrs(ReadOnlySpan<byte> name, Span<byte> names)
    {
        fixed (byte* path = ThroughProc(name))
        fixed (byte* buffer = names)
        {
            return (int)PathXattr.Result(PathXattr.llistxattr(path, buffer, names.Length));
        }
    }

    /// <summary>The names in the directory, without <c>.</c> and <c>..</c>, in the filesystem's order.</summary>
    /// <exception cref="LinuxException">The directory cannot be read.</exception>
    public List<byte[]> Names()
    {
        // A descriptor of its own: the position in a directory belongs to the open file description.
        using var own = OpenDirectory("."u8, out var errno) ?? throw new LinuxException("open", errno, $"fd {Fd}", "O_DIRECTORY");
        var entries = new List<Getdents64.Entry>();
        var result = Getdents64.ReadAll(own.Fd, entries);
        return result >= 0 ? entries.ConvertAll(entry => entry.Name[..^1]) : throw new LinuxException("getdents64", -result, $"fd {Fd}");
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private static DirectoryFd? Wrap(int fd, out int errno)
    {
        errno = fd < 0 ? -fd : 0;
        return fd < 0 ? null : new DirectoryFd(fd);
    }

    private byte[] ThroughProc(ReadOnlySpan<byte> name) => [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{Fd}/"), .. name, 0];

    private static int Result(int value) => FileCalls.Result(value);

    /// <summary>Copies the name with a NUL at its end; false when it is too long or holds a NUL or, being a name, a slash.</summary>
    private static bool Terminate(ReadOnlySpan<byte> text, byte* buffer, int longest = LongestName)
    {
        if (text.IsEmpty || text.Length > longest || text.Contains((byte)0) || (longest == LongestName && text.Contains((byte)'/')))
        {
            return false;
        }

        text.CopyTo(new Span<byte>(buffer, longest));
        buffer[text.Length] = 0;
        return true;
    }
}
