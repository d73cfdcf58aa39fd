using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>The calls on files that libc has under their own names. Each returns its result, or the negative errno.</summary>
internal static unsafe class FileCalls
{
    /// <summary>Mode bits of new files are exactly what is asked: nothing here relies on the umask.</summary>
    public static int Open(byte* path, int flags, uint mode = 0) => OpenAt(AT_FDCWD, path, flags, mode);

    public static int OpenAt(int directory, byte* path, int flags, uint mode = 0) =>
        Result(openat(directory, path, flags | O_CLOEXEC, (ushort)mode));

    public static int MkdirAt(int directory, byte* path, uint mode) => Result(mkdirat(directory, path, (ushort)mode));

    public static int UnlinkAt(int directory, byte* path, int flags) => Result(unlinkat(directory, path, flags));

    public static int Statx(int directory, byte* path, int flags, out statx result)
    {
        fixed (statx* p = &result)
        {
            return Result(statx(directory, path, flags, STATX_BASIC_STATS, p));
        }
    }

    public static long Read(int fd, byte* buffer, int count)
    {
        long got;
        do
        {
            got = read(fd, buffer, count);
        }
        while (got < 0 && errno == EINTR);
        return got < 0 ? -errno : got;
    }

    public static long Write(int fd, byte* buffer, int count)
    {
        long put;
        do
        {
            put = write(fd, buffer, count);
        }
        while (put < 0 && errno == EINTR);
        return put < 0 ? -errno : put;
    }

    /// <summary>Writes it all, however many calls it takes.</summary>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var put = Write(fd, p + done, bytes.Length - done);
                if (put < 0)
                {
                    return (int)put;
                }

                done += (int)put;
            }
        }

        return 0;
    }

    public static void Close(int fd) => _ = close(fd);

    public static int Result(int value) => value < 0 ? -errno : value;

    public static long Result(long value) => value < 0 ? -errno : value;

    public static SafeFileHandle Own(int fd) => new(fd, ownsHandle: true);

    /// <summary>The number behind a handle; the caller keeps the handle alive over its use.</summary>
    public static int Number(SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, handle);
        return (int)handle.DangerousGetHandle();
    }
}
