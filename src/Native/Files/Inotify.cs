using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>An event of inotify(7); <c>Name</c> is empty for an event on the watched file itself.</summary>
public readonly record struct InotifyEvent(int Watch, InotifyMask Mask, string Name);

/// <summary>An inotify(7) instance, non-blocking: wait for its handle to be readable, then <see cref="Read"/>.</summary>
public sealed unsafe class Inotify : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    public Inotify()
        : base(ownsHandle: true)
    {
        var fd = inotify_init1(NonBlocking | CloseOnExec);
        if (fd < 0)
        {
            throw new LinuxException("inotify_init1", LastErrno.Value, flags: "IN_NONBLOCK|IN_CLOEXEC");
        }

        SetHandle(fd);
    }

    [DllImport("libc")]
    private static extern int inotify_init1(int flags);

    [DllImport("libc")]
    private static extern int inotify_add_watch(int fd, byte* path, uint mask);

    [DllImport("libc")]
    private static extern int inotify_rm_watch(int fd, int watch);

    /// <returns>The watch, as events carry it.</returns>
    /// <exception cref="LinuxException">ENOENT, or ENOSPC when the user's limit of watches is reached.</exception>
    public int Watch(string path, InotifyMask mask)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var watch = inotify_add_watch(FileCalls.Number(this), p, (uint)mask);
            return watch >= 0 ? watch : throw new LinuxException("inotify_add_watch", LastErrno.Value, path, mask.ToString());
        }
    }

    /// <summary>Ends a watch; one that the kernel has ended already (its file is gone) is no error.</summary>
    public void Unwatch(int watch) => _ = inotify_rm_watch(FileCalls.Number(this), watch);

    /// <summary>What happened since the last call; empty when nothing did.</summary>
    public IReadOnlyList<InotifyEvent> Read()
    {
        const int size = 16 * 1024;
        var buffer = stackalloc byte[size];
        var events = new List<InotifyEvent>();
        while (true)
        {
            var got = FileCalls.Read(FileCalls.Number(this), buffer, size);
            if (got == -EAGAIN)
            {
                return events;
            }

            if (got < 0)
            {
                throw new LinuxException("read", (int)-got, "inotify");
            }

            // struct inotify_event { int wd; u32 mask; u32 cookie; u32 len; char name[len]; }
            for (var at = 0; at < got;)
            {
                var length = (int)*(uint*)(buffer + at + 12);
                var name = length == 0 ? "" : CPath.Show(new ReadOnlySpan<byte>(buffer + at + 16, length));
                events.Add(new InotifyEvent(*(int*)(buffer + at), (InotifyMask)(*(uint*)(buffer + at + 4)), name));
                at += 16 + length;
            }
        }
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;
}
