using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>poll(2), for a thread of one's own; <see cref="Processes.Reactor"/> is for the others.</summary>
public static unsafe class Poll
{
    /// <summary>Waits until the descriptor is readable or closed at the other end; false when the time is over first.</summary>
    public static bool IsReadable(SafeHandle handle, TimeSpan atMost)
    {
        var end = Environment.TickCount64 + (long)Math.Ceiling(atMost.TotalMilliseconds);
        while (true)
        {
            pollfd item = default;
            item.fd = FileCalls.Number(handle);
            item.events = POLLIN;
            var result = FileCalls.Result(poll(&item, 1u, (int)Math.Clamp(end - Environment.TickCount64, 0, int.MaxValue)));
            GC.KeepAlive(handle);
            if (result >= 0)
            {
                return result > 0;
            }

            if (result != -EINTR)
            {
                throw new LinuxException("poll", -result);
            }
        }
    }

    /// <summary>Waits until one of the descriptors is readable, the time is over, or a signal arrives.</summary>
    /// <param name="atMost">Null waits for ever.</param>
    public static void Readable(SafeHandle first, SafeHandle second, TimeSpan? atMost)
    {
        var milliseconds = atMost is { } time ? (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue) : -1;
        var items = stackalloc pollfd[2];
        items[0].fd = FileCalls.Number(first);
        items[0].events = POLLIN;
        items[1].fd = FileCalls.Number(second);
        items[1].events = POLLIN;
        if (FileCalls.Result(poll(items, 2u, milliseconds)) is var result and < 0 && result != -EINTR)
        {
            throw new LinuxException("poll", -result);
        }

        GC.KeepAlive(first);
        GC.KeepAlive(second);
    }
}
