using System.Runtime.InteropServices;

namespace Devoxx.Native.Terminals;

/// <summary>struct winsize of ioctl_tty(2): characters, then unused pixels.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WindowSize
{
    public ushort Rows, Columns, PixelsX, PixelsY;

    private const int TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414;

    /// <summary>Null when the descriptor is no terminal.</summary>
    public static unsafe WindowSize? Of(int fd)
    {
        WindowSize size;
        return RawSyscall.Invoke(Nr.ioctl, fd, TIOCGWINSZ, (nint)(&size)) == 0 ? size : null;
    }

    /// <summary>Sets it, which sends SIGWINCH to the foreground processes; false when the descriptor is no terminal.</summary>
    public readonly unsafe bool ApplyTo(int fd)
    {
        var size = this;
        return RawSyscall.Invoke(Nr.ioctl, fd, TIOCSWINSZ, (nint)(&size)) == 0;
    }
}
