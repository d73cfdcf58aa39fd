using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>Copies the bytes of a file inside the kernel, holes as holes.</summary>
internal static unsafe partial class CopyData
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    [DllImport("libc")]
    private static extern nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);

    public static void Copy(int from, int to, long size, string subject)
    {
        for (long at = 0; at < size;)
        {
            var data = (long)lseek(from, at, SeekData);
            if (data < 0)
            {
                if (errno == ENXIO)
                {
                    break; // a hole up to the end
                }

                data = at; // a file system without SEEK_DATA: all of it is data
            }

            var hole = data == at && errno == EINVAL ? size : (long)lseek(from, data, SeekHole);
            Range(from, to, data, hole < 0 ? size : hole, subject);
            at = hole < 0 ? size : hole;
        }

        if (FileCalls.Result(ftruncate(to, size)) is var status and < 0)
        {
            throw new LinuxException("ftruncate", -status, subject);
        }
    }

    private static void Range(int from, int to, long start, long end, string subject)
    {
        long fromAt = start, toAt = start;
        while (fromAt < end)
        {
            var copied = copy_file_range(from, &fromAt, to, &toAt, (nuint)Math.Min(end - fromAt, 1 << 30), 0);
            if (copied == 0)
            {
                return; // the file shrank meanwhile
            }

            if (copied < 0)
            {
                var error = LastErrno.Value;
                if (error is not (EXDEV_ or EINVAL_ or ENOSYS_ or EOPNOTSUPP_))
                {
                    throw new LinuxException("copy_file_range", error, subject);
                }

                ThroughMemory(from, to, fromAt, end, subject); // between file systems before Linux 5.19, or a pseudo file system
                return;
            }
        }
    }

    private const int EXDEV_ = 18, EINVAL_ = 22, ENOSYS_ = 38, EOPNOTSUPP_ = 95;

    private static void ThroughMemory(int from, int to, long start, long end, string subject)
    {
        const int size = 64 * 1024;
        var buffer = stackalloc byte[size];
        for (var at = start; at < end;)
        {
            var got = FileCalls.Result((long)pread(from, buffer, (int)Math.Min(size, end - at), at));
            if (got == 0)
            {
                return;
            }

            var put = got < 0 ? got : FileCalls.Result((long)pwrite(to, buffer, (int)got, at));
            if (put < 0)
            {
                throw new LinuxException(got < 0 ? "pread" : "pwrite", (int)-put, subject);
            }

            at += put;
        }
    }
}
