using System.Runtime.InteropServices;
using Devoxx.Native;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Monitor;

/// <summary>epoll(7), level-triggered, descriptors by number.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    public const uint In = 1, Out = 4;

    private const int ADD = 1, DEL = 2, MOD = 3;

    private readonly int _fd = (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.epoll_create1, Linux.O_CLOEXEC), "epoll_create1");

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct Event
    {
        public uint Events;
        public ulong Fd;
    }

    public void Add(int fd, uint events = In) => Control(ADD, fd, events);

    public void Change(int fd, uint events) => Control(MOD, fd, events);

    public void Remove(int fd) => Control(DEL, fd, 0);

    /// <summary>Returns the number of events; 0 after the time, which −1 makes endless.</summary>
    public int Wait(Event* events, int capacity, int milliseconds)
    {
        var count = RawSyscall.InvokeBlocking(Nr.epoll_wait, _fd, (nint)events, capacity, milliseconds);
        return count == -Linux.EINTR ? 0 : (int)FileDescriptor.Check(count, "epoll_wait");
    }

    public void Dispose() => FileDescriptor.Close(_fd);

    private void Control(int operation, int fd, uint events)
    {
        var change = new Event { Events = events, Fd = (ulong)fd };
        FileDescriptor.Check(RawSyscall.Invoke(Nr.epoll_ctl, _fd, operation, fd, (nint)(&change)), "epoll_ctl", $"fd {fd}");
    }
}
