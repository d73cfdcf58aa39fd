using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>Opening files below the root, and asking what they are.</summary>
internal static unsafe partial class Interpreter
{
    private static void FormatFdPath(int fd, byte* target)
    {
        fixed (byte* prefix = "/proc/self/fd/"u8)
        {
            for (var p = prefix; p < prefix + 14; p++)
            {
                *target++ = *p;
            }
        }

        var divisor = 1;
        while (fd / divisor >= 10)
        {
            divisor *= 10;
        }

        for (; divisor > 0; divisor /= 10)
        {
            *target++ = (byte)('0' + (fd / divisor % 10));
        }

        *target = 0;
    }

    internal static nint Mode(int fd)
    {
        // struct statx: stx_mode is the 16 bits at 28, stx_rdev_major and _minor the 32 bits at 128 and 132.
        var buffer = stackalloc byte[256];
        var result = Statx(fd, buffer);
        return result < 0 ? result : *(ushort*)(buffer + 28);
    }

    private static nint RequireCharacterDevice(int fd, uint major, uint minor)
    {
        var buffer = stackalloc byte[256];
        var result = Statx(fd, buffer);
        if (result < 0)
        {
            return result;
        }

        return (*(ushort*)(buffer + 28) & 0xf000) == 0x2000 && *(uint*)(buffer + 128) == major && *(uint*)(buffer + 132) == minor ? 0 : -ENODEV;
    }

    private static nint OwnUnlessDevice(int fd, nint uid, nint gid)
    {
        var mode = Mode(fd);
        return mode < 0 ? mode : (mode & 0xf000) is 0x2000 or 0x6000 ? 0 : RawSyscall.Invoke(Nr.fchown, fd, uid, gid);
    }

    private static nint EndLinesPlainly(int fd)
    {
        const int TCGETS = 0x5401, TCSETS = 0x5402;
        const uint ONLCR = 4;

        // The kernel's struct termios; c_oflag is its second word.
        var settings = stackalloc uint[16];
        var result = RawSyscall.Invoke(Nr.ioctl, fd, TCGETS, (nint)settings);
        settings[1] &= ~ONLCR;
        return result < 0 ? result : RawSyscall.Invoke(Nr.ioctl, fd, TCSETS, (nint)settings);
    }

    private static nint FormatMode(int fd, byte* target)
    {
        var mode = Mode(fd);
        if (mode < 0)
        {
            return mode;
        }

        fixed (byte* name = "mode="u8)
        {
            for (var p = name; p < name + 5; p++)
            {
                *target++ = *p;
            }
        }

        for (var shift = 9; shift >= 0; shift -= 3)
        {
            *target++ = (byte)('0' + ((mode >> shift) & 7));
        }

        return 0;
    }

    private static nint Statx(int fd, byte* buffer)
    {
        const int STATX_BASIC_STATS = 0x7ff;
        byte empty = 0;
        return RawSyscall.Invoke(Nr.statx, fd, (nint)(&empty), AT_EMPTY_PATH, STATX_BASIC_STATS, (nint)buffer);
    }

    internal static nint RequireFilesystem(int fd, nint magic)
    {
        var buffer = stackalloc nint[16];
        var result = RawSyscall.Invoke(Nr.fstatfs, fd, (nint)buffer);
        return result < 0 ? result : buffer[0] == magic ? 0 : -EXDEV;
    }

    private static nint OpenInRoot(int root, PathRequest* request)
    {
        var whole = Open(root, request->Path, O_PATH, request->Resolve);
        return whole != -ENOENT || request->Create == CreateMissing.Nothing ? whole : MissingPath.Make(root, request);
    }

    internal static nint Open(int root, byte* path, int flags, ulong resolve)
    {
        const ulong RESOLVE_NO_MAGICLINKS = 2, RESOLVE_IN_ROOT = 0x10;
        var how = stackalloc ulong[3];
        how[0] = (ulong)(uint)(flags | O_CLOEXEC);
        how[1] = 0;
        how[2] = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve;

        // EAGAIN: somebody renames meanwhile, and the kernel cannot tell whether ".." stayed inside (openat2(2)).
        nint result = -EAGAIN;
        for (var attempt = 0; attempt < 32 && result == -EAGAIN; attempt++)
        {
            result = RawSyscall.Invoke(Nr.openat2, root, (nint)path, (nint)how, 3 * sizeof(ulong));
        }

        return result;
    }
}
