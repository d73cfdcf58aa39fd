using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>An eventfd(2), non-blocking: readable once <see cref="Set"/>, until <see cref="Reset"/>. By any threads.</summary>
public sealed unsafe class EventFd : SafeHandleZeroOrMinusOneIsInvalid
{
    public EventFd()
        : base(ownsHandle: true)
    {
        var fd = FileCalls.Result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (fd < 0)
        {
            throw new LinuxException("eventfd", -fd, flags: "EFD_CLOEXEC|EFD_NONBLOCK");
        }

        SetHandle(fd);
    }

    /// <exception cref="ObjectDisposedException">It has been closed.</exception>
    public void Set()
    {
        ulong one = 1;
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            _ = FileCalls.Write(FileCalls.Number(this), (byte*)&one, sizeof(ulong));
        }
        finally
        {
            if (held)
            {
                DangerousRelease();
            }
        }
    }

    public void Reset()
    {
        ulong count;
        _ = FileCalls.Read(FileCalls.Number(this), (byte*)&count, sizeof(ulong));
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;
}
