using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>
/// Opens a file so that every write goes to its end, whoever else writes to it or inherits the descriptor (O_APPEND; .NET's
/// FileMode.Append only begins at the end, by an offset of its own that a child process does not get).
/// </summary>
public static unsafe class AppendFile
{
    /// <param name="path">Made with mode 0600 if it is not there; a symbolic link in its last part is refused.</param>
    /// <exception cref="LinuxException">open(2) failed.</exception>
    public static SafeFileHandle Open(string path)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0x180);
            return fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("open", -fd, path, "O_WRONLY|O_CREAT|O_APPEND|O_NOFOLLOW");
        }
    }
}
