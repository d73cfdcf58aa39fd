namespace Devoxx.Native.Terminals;

/// <summary>Puts a terminal into raw mode (cfmakeraw(3)) until disposed.</summary>
public sealed unsafe class RawMode : IDisposable
{
    private const int TCGETS = 0x5401, TCSETSW = 0x5403;
    private const uint IGNBRK = 1, BRKINT = 2, PARMRK = 8, ISTRIP = 0x20, INLCR = 0x40, IGNCR = 0x80, ICRNL = 0x100, IXON = 0x400, OPOST = 1;
    private const uint ECHO = 8, ECHONL = 0x40, ICANON = 2, ISIG = 1, IEXTEN = 0x8000, CSIZE = 0x30, PARENB = 0x100, CS8 = 0x30;

    private readonly int _fd;
    private readonly byte[] _saved;

    private RawMode(int fd, byte* saved)
    {
        _fd = fd;
        _saved = new Span<byte>(saved, 64).ToArray();
    }

    /// <summary>Null when the descriptor, which must stay open until the mode is disposed, is no terminal.</summary>
    public static RawMode? Enter(int fd)
    {
        // The kernel's struct termios: four words of flags (c_iflag, c_oflag, c_cflag, c_lflag), c_line, 19 control characters.
        var settings = stackalloc uint[16];
        if (RawSyscall.Invoke(Nr.ioctl, fd, TCGETS, (nint)settings) != 0)
        {
            return null;
        }

        var mode = new RawMode(fd, (byte*)settings);
        settings[0] &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        settings[1] &= ~OPOST;
        settings[2] = (settings[2] & ~(CSIZE | PARENB)) | CS8;
        settings[3] &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        var characters = (byte*)(settings + 4) + 1;
        characters[6] = 1; // VMIN
        characters[5] = 0; // VTIME
        _ = RawSyscall.Invoke(Nr.ioctl, fd, TCSETSW, (nint)settings);
        return mode;
    }

    public void Dispose()
    {
        fixed (byte* saved = _saved)
        {
            _ = RawSyscall.Invoke(Nr.ioctl, _fd, TCSETSW, (nint)saved);
        }
    }
}
