using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>Descriptors of another process, by way of its pidfd (pidfd_getfd(2), Linux 5.6).</summary>
public static class PidFdFiles
{
    /// <summary>A duplicate of the other process's descriptor; null when it has none of that number.</summary>
    /// <exception cref="LinuxException">EPERM: the process may not be traced by us.</exception>
    public static SafeFileHandle? TryTake(PidFd process, int number)
    {
        const int EBADF = 9;
        var added = false;
        try
        {
            process.DangerousAddRef(ref added);
            var fd = RawSyscall.Invoke(Nr.pidfd_getfd, process.DangerousGetHandle(), number, 0);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true)
                : fd == -EBADF ? null
                : throw new LinuxException("pidfd_getfd", (int)-fd, $"fd {number} of another process");
        }
        finally
        {
            if (added)
            {
                process.DangerousRelease();
            }
        }
    }
}
