using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>
/// Owner, then mode, then extended attributes, then times: the order matters, for chown(2) clears set-id bits and
/// <c>security.capability</c>, and everything moves the times.
/// </summary>
internal static unsafe class CopyMetadata
{
    /// <summary>Onto an open file or directory.</summary>
    public static void Apply(int from, int to, in statx source, string subject)
    {
        byte empty = 0;
        Check(FileCalls.Result(fchownat(to, &empty, source.stx_uid, source.stx_gid, AT_EMPTY_PATH)), "fchownat", subject);
        Check(FileCalls.Result(fchmod(to, (ushort)(source.stx_mode & 0xFFF))), "fchmod", subject);
        Xattr.CopyAll(from, to, subject);
        var times = stackalloc timespec[2];
        Times(source, times);
        Check(FileCalls.Result(futimens(to, times)), "futimens", subject);
    }

    /// <summary>Onto what cannot be opened without side effects: links, devices, pipes.</summary>
    public static void ApplyByName(int from, int to, byte* name, in statx source, string subject)
    {
        Check(FileCalls.Result(fchownat(to, name, source.stx_uid, source.stx_gid, AT_SYMLINK_NOFOLLOW)), "fchownat", subject);
        if ((source.stx_mode & 0xF000) != 0xA000)
        {
            Check(FileCalls.Result(fchmodat(to, name, (ushort)(source.stx_mode & 0xFFF), 0)), "fchmodat", subject);
        }

        var times = stackalloc timespec[2];
        Times(source, times);
        Check(FileCalls.Result(utimensat(to, name, times, AT_SYMLINK_NOFOLLOW)), "utimensat", subject);
    }

    private static void Times(in statx source, timespec* accessThenModification)
    {
        accessThenModification[0] = new timespec { tv_sec = source.stx_atime.tv_sec, tv_nsec = (int)source.stx_atime.tv_nsec };
        accessThenModification[1] = new timespec { tv_sec = source.stx_mtime.tv_sec, tv_nsec = (int)source.stx_mtime.tv_nsec };
    }

    private static void Check(int result, string syscall, string subject)
    {
        if (result < 0)
        {
            throw new LinuxException(syscall, -result, subject);
        }
    }
}
