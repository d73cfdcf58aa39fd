using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Devoxx.Native;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Logs;

/// <summary>
/// Waits for changes in directories: one inotify(7) instance for any number of them, and no thread but the one that waits.
/// </summary>
internal sealed partial class DirectoryWatch : IDisposable
{
    /// <summary>IN_MODIFY: a file was written.</summary>
    public const uint Written = 0x2;

    /// <summary>IN_ATTRIB: a file's times, mode or owner changed, or it was unlinked.</summary>
    public const uint Attributes = 0x4;

    /// <summary>IN_MOVED_TO.</summary>
    public const uint MovedIn = 0x80;

    /// <summary>IN_CREATE.</summary>
    public const uint Created = 0x100;

    private const int O_CLOEXEC = 0x80000, O_NONBLOCK = 0x800;
    private const uint IN_ONLYDIR = 0x1000000;
    private const short POLLIN = 1;
    private const int EINTR = 4, EAGAIN = 11;

    private readonly SafeFileHandle inotify = Own(inotify_init1(O_CLOEXEC | O_NONBLOCK), "inotify_init1");
    private readonly SafeFileHandle wake = Own(eventfd(0, O_CLOEXEC | O_NONBLOCK), "eventfd");
    private readonly byte[] buffer = new byte[16384];

    /// <summary>Watches one more directory; what <see cref="Wait"/> calls it by.</summary>
    /// <exception cref="LinuxException">ENOENT: there is no such directory; ENOSPC: <c>fs.inotify.max_user_watches</c>.</exception>
    public int Add(string directory, uint events)
    {
        var number = inotify_add_watch(inotify, directory, events | IN_ONLYDIR);
        return number >= 0 ? number : throw new LinuxException("inotify_add_watch", Marshal.GetLastPInvokeError(), directory, null);
    }

    /// <summary>Watches a directory no longer.</summary>
    public void Remove(int number) => _ = inotify_rm_watch(inotify, number);

    /// <summary>Makes the wait under way, or the next one, return. From any thread.</summary>
    public void Wake()
    {
        try
        {
            ulong one = 1;
            _ = write(wake, ref one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>Waits for a change, <see cref="Wake"/>, or the time to be over.</summary>
    /// <param name="atMost">Null waits for ever; zero only takes what there is.</param>
    /// <param name="change">Told of each change the directory's number, and the file's name; -1 when some were lost.</param>
    public void Wait(TimeSpan? atMost, Action<int, string>? change)
    {
        var milliseconds = atMost is { } time ? (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue) : -1;
        Span<PollFd> polled =
        [
            new() { Fd = (int)inotify.DangerousGetHandle(), Events = POLLIN },
            new() { Fd = (int)wake.DangerousGetHandle(), Events = POLLIN },
        ];
        if (poll(polled, 2, milliseconds) < 0 && Marshal.GetLastPInvokeError() is var errno and not EINTR)
        {
            throw new LinuxException("poll", errno, null, null);
        }

        ulong count = 0;
        _ = read(wake, ref count, sizeof(ulong));
        int size;
        while ((size = (int)read(inotify, buffer, (nuint)buffer.Length)) > 0)
        {
            if (change is not null)
            {
                Tell(buffer.AsSpan(0, size), change);
            }
        }

        if (size < 0 && Marshal.GetLastPInvokeError() is var failure and not (EAGAIN or EINTR))
        {
            throw new LinuxException("read", failure, "inotify", null);
        }
    }

    /// <summary>Ends all watching.</summary>
    public void Dispose()
    {
        inotify.Dispose();
        wake.Dispose();
    }

    // struct inotify_event { int wd; uint32_t mask, cookie, len; char name[len]; }
    private static void Tell(ReadOnlySpan<byte> events, Action<int, string> change)
    {
        while (events.Length >= 16)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            var name = events.Slice(16, length);
            var end = name.IndexOf((byte)0);
            change(BinaryPrimitives.ReadInt32LittleEndian(events), Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
            events = events[(16 + length)..];
        }
    }

    private static SafeFileHandle Own(int fd, string syscall) =>
        fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new LinuxException(syscall, Marshal.GetLastPInvokeError(), null, null);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle fd, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeFileHandle fd, int wd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(Span<PollFd> fds, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, byte[] buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, ref ulong value, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle fd, ref ulong value, nuint count);
}
