using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>
/// An exclusive flock(2) on a file of its own (made 0600). The kernel drops it with the holder's last descriptor, so a crash
/// leaves none behind; the file stays, for removing it would let two holders lock two files of one name.
/// </summary>
public sealed unsafe class FileLock : IDisposable
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private readonly SafeFileHandle handle;

    private FileLock(SafeFileHandle handle) => this.handle = handle;

    [DllImport("libc")]
    private static extern int flock(int fd, int operation);

    /// <summary>The open, locked file: what its holder writes there (its pid) is for people.</summary>
    public SafeFileHandle Handle => handle;

    /// <returns>The lock, or null when another holds it.</returns>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static FileLock? TryAcquire(string path) => Lock(path, LockExclusive | LockNonBlocking);

    /// <summary>Blocks the calling thread until the lock is free.</summary>
    public static FileLock Acquire(string path) => Lock(path, LockExclusive)!;

    public void Dispose() => handle.Dispose();

    private static FileLock? Lock(string path, int operation)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, O_RDWR | O_CREAT | O_NOFOLLOW, 0x180);
            if (fd < 0)
            {
                throw new LinuxException("open", -fd, path, "O_RDWR|O_CREAT");
            }

            var file = FileCalls.Own(fd);
            while (flock(fd, operation) < 0)
            {
                switch (LastErrno.Value)
                {
                    case 4: // EINTR
                        continue;
                    case 11: // EWOULDBLOCK
                        file.Dispose();
                        return null;
                    case var error:
                        file.Dispose();
                        throw new LinuxException("flock", error, path);
                }
            }

            return new FileLock(file);
        }
    }
}
