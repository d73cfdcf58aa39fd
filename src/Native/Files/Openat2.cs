using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>openat2(2), Linux 5.6, which libc does not wrap. The number is the same on every architecture.</summary>
internal static unsafe class Openat2
{
    private const int Number = 437;
    private const int Eagain = 11;

    private struct open_how
    {
        public ulong flags;
        public ulong mode;
        public ulong resolve;
    }

    /// <returns>The new descriptor, or the negative errno.</returns>
    public static int Call(int directory, byte* path, int flags, uint mode, int resolve)
    {
        var how = new open_how { flags = (ulong)(uint)(flags | O_CLOEXEC), mode = mode, resolve = (ulong)resolve };
        for (var attempt = 0; ; attempt++)
        {
            long fd = (ssize_t)syscall(Number, directory, path, &how, sizeof(open_how));
            if (fd >= 0)
            {
                return (int)fd;
            }

            // openat2(2): EAGAIN when a rename or mount elsewhere raced with a `..`; "the caller may choose to retry".
            if (errno != Eagain || attempt == 64)
            {
                return -errno;
            }
        }
    }
}
