using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>
/// Paths as a container sees them, resolved by the kernel inside its root (openat2(2) with RESOLVE_IN_ROOT): absolute links
/// and <c>..</c> cannot lead out, links of /proc (<c>/proc/self/fd/3</c>) are refused, and what is returned is what was
/// checked, whatever is swapped meanwhile.
/// </summary>
public static unsafe class PathInRoot
{
    // openat2(2)
    private const int NoMagicLinks = 0x02;
    private const int InRoot = 0x10;
    private const int MaxLinks = 40;

    /// <summary>Opens a path of the container.</summary>
    /// <param name="path">Absolute or not, it starts at the root.</param>
    /// <param name="flags">open(2) flags; O_CLOEXEC is always added.</param>
    /// <param name="mode">For O_CREAT and O_TMPFILE, else 0.</param>
    /// <exception cref="LinuxException">ELOOP for a link of /proc, ENOENT, …</exception>
    public static SafeFileHandle Open(SafeHandle rootFd, string path, int flags, uint mode = 0)
    {
        var fd = TryOpen(FileCalls.Number(rootFd), path, flags, mode);
        GC.KeepAlive(rootFd);
        return fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("openat2", -fd, path, "RESOLVE_IN_ROOT");
    }

    /// <summary>Like <see cref="Open"/>, but null when the path is not there (ENOENT, ENOTDIR).</summary>
    public static SafeFileHandle? OpenExisting(SafeHandle rootFd, string path, int flags)
    {
        var fd = TryOpen(FileCalls.Number(rootFd), path, flags, 0);
        GC.KeepAlive(rootFd);
        return fd switch
        {
            >= 0 => FileCalls.Own(fd),
            -2 or -20 => null,
            _ => throw new LinuxException("openat2", -fd, path, "RESOLVE_IN_ROOT"),
        };
    }

    /// <summary>
    /// Makes a directory of the container and those above it that are missing, and opens it (<c>O_PATH</c>). Links on the way are
    /// followed inside the root, also those that lead to nothing yet; their targets are made.
    /// </summary>
    /// <param name="mode">Mode of the new directories; they belong to <paramref name="uid"/> and <paramref name="gid"/>.</param>
    /// <exception cref="LinuxException">ENOTDIR when a component is something else, ELOOP after 40 links, …</exception>
    public static SafeFileHandle MakeDirectories(SafeHandle rootFd, string path, uint mode, uint uid = 0, uint gid = 0)
    {
        var root = FileCalls.Number(rootFd);
        var pending = new Stack<string>(Components(path).Reverse());
        var done = "/"; // what exists, as the container sees it, without links at its end
        var links = 0;
        while (pending.TryPop(out var component))
        {
            var next = component == ".." ? Parent(done) : Path.Join(done, component);
            if (component == ".." || IsDirectory(root, next, out var isLink))
            {
                done = next;
                continue;
            }

            if (isLink)
            {
                if (++links > MaxLinks)
                {
                    throw new LinuxException("openat2", ELOOP, path, "RESOLVE_IN_ROOT");
                }

                var target = ReadLink(root, next);
                foreach (var part in Components(target).Reverse())
                {
                    pending.Push(part);
                }

                done = target.StartsWith('/') ? "/" : done;
                continue;
            }

            Make(root, done, component, mode, uid, gid);
            done = next;
        }

        var fd = TryOpen(root, done, O_PATH | O_DIRECTORY, 0);
        GC.KeepAlive(rootFd);
        return fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("openat2", -fd, path, "RESOLVE_IN_ROOT|O_DIRECTORY");
    }

    private static int TryOpen(int root, string path, int flags, uint mode)
    {
        fixed (byte* p = CPath.Of(path))
        {
            return Openat2.Call(root, p, flags, mode, InRoot | NoMagicLinks);
        }
    }

    private static IEnumerable<string> Components(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private static string Parent(string path) => Path.GetDirectoryName(path) ?? "/";

    /// <summary>Whether the last component itself, not followed, is a directory; otherwise whether it is a link.</summary>
    private static bool IsDirectory(int root, string path, out bool isLink)
    {
        isLink = false;
        var fd = TryOpen(root, path, O_PATH | O_NOFOLLOW, 0);
        if (fd == -ENOENT)
        {
            return false;
        }

        if (fd < 0)
        {
            throw new LinuxException("openat2", -fd, path, "RESOLVE_IN_ROOT|O_NOFOLLOW");
        }

        byte empty = 0;
        var status = FileCalls.Statx(fd, &empty, AT_EMPTY_PATH, out var found);
        FileCalls.Close(fd);
        if (status < 0)
        {
            throw new LinuxException("statx", -status, path);
        }

        isLink = (found.stx_mode & 0xF000) == 0xA000;
        return (found.stx_mode & 0xF000) switch
        {
            0x4000 => true,
            0xA000 => false,
            _ => throw new LinuxException("mkdirat", ENOTDIR, path),
        };
    }

    private static string ReadLink(int root, string path)
    {
        var fd = TryOpen(root, path, O_PATH | O_NOFOLLOW, 0);
        if (fd < 0)
        {
            throw new LinuxException("openat2", -fd, path, "RESOLVE_IN_ROOT|O_NOFOLLOW");
        }

        var buffer = stackalloc byte[4096];
        byte empty = 0;
        var length = FileCalls.Result((long)readlinkat(fd, &empty, buffer, 4096));
        FileCalls.Close(fd);
        return length >= 0
            ? System.Text.Encoding.UTF8.GetString(buffer, (int)length)
            : throw new LinuxException("readlinkat", (int)-length, path);
    }

    private static void Make(int root, string parent, string name, uint mode, uint uid, uint gid)
    {
        var directory = TryOpen(root, parent, O_PATH | O_DIRECTORY, 0);
        if (directory < 0)
        {
            throw new LinuxException("openat2", -directory, parent, "RESOLVE_IN_ROOT|O_DIRECTORY");
        }

        using var owned = FileCalls.Own(directory);
        fixed (byte* n = CPath.Of(name))
        {
            var made = FileCalls.MkdirAt(directory, n, mode);
            if (made == -EEXIST)
            {
                return; // somebody else was quicker; opening it decides whether it will do
            }

            if (made < 0)
            {
                throw new LinuxException("mkdirat", -made, Path.Join(parent, name));
            }

            // Opened without following and compared by nothing but being a directory: what could be swapped in is the container's own.
            var fd = Openat2.Call(directory, n, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, 0x08 | 0x04);
            if (fd < 0)
            {
                throw new LinuxException("openat2", -fd, Path.Join(parent, name));
            }

            using var child = FileCalls.Own(fd);
            var status = uid != 0 || gid != 0 ? FileCalls.Result(fchown(fd, uid, gid)) : 0;
            status = status < 0 ? status : FileCalls.Result(fchmod(fd, (ushort)mode));
            if (status < 0)
            {
                throw new LinuxException("fchown", -status, Path.Join(parent, name));
            }
        }
    }
}
