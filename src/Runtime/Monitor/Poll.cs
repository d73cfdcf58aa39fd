using Devoxx.Native;

namespace Devoxx.Runtime.Monitor;

/// <summary>poll(2) for one descriptor.</summary>
internal static unsafe class Poll
{
    private const short POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16;
    private const int SYS_poll = 7;

    /// <summary>Waits until it can be written to; false when the time is over or the other end is gone.</summary>
    public static bool Writable(int fd, int milliseconds) => Ready(fd, POLLOUT, milliseconds);

    /// <summary>Waits until something can be read; false when the time is over.</summary>
    public static bool Readable(int fd, int milliseconds) => Ready(fd, POLLIN, milliseconds);

    private static bool Ready(int fd, short events, int milliseconds)
    {
        // struct pollfd: fd, events, revents.
        var entry = stackalloc short[4];
        *(int*)entry = fd;
        entry[2] = events;
        entry[3] = 0;
        return RawSyscall.InvokeBlocking(SYS_poll, (nint)entry, 1, milliseconds) > 0 && (entry[3] & (POLLERR | POLLHUP)) == 0;
    }
}
