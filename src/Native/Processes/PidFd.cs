using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>
/// A process by file descriptor (pidfd_open(2)): unlike a pid it never comes to mean another process. It polls as readable
/// once the process has ended.
/// </summary>
public sealed class PidFd : SafeHandleZeroOrMinusOneIsInvalid
{
    public PidFd()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Takes over a descriptor, such as the one of CLONE_PIDFD.</summary>
    public PidFd(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>Opens the process that has this pid now; throws <see cref="LinuxException"/> with ESRCH when there is none.</summary>
    public static PidFd Open(int pid) =>
        TryOpen(pid) ?? throw new LinuxException("pidfd_open", 3, $"process {pid}");

    /// <summary>As <see cref="Open"/>, but null when there is no such process.</summary>
    public static PidFd? TryOpen(int pid)
    {
        var fd = (int)Libc.syscall(Libc.SYS_pidfd_open, pid, 0, 0, 0);
        if (fd >= 0)
        {
            return new PidFd(fd);
        }

        const int ESRCH = 3;
        var errno = Marshal.GetLastPInvokeError();
        return errno == ESRCH ? null : throw new LinuxException("pidfd_open", errno, $"process {pid}");
    }

    /// <summary>Sends a signal (0 only asks). False when the process has ended and been reaped; other failures throw.</summary>
    public bool SendSignal(int signal)
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            if (Libc.syscall(Libc.SYS_pidfd_send_signal, handle, signal, 0, 0) == 0)
            {
                return true;
            }

            const int ESRCH = 3;
            var errno = Marshal.GetLastPInvokeError();
            return errno == ESRCH ? false : throw new LinuxException("pidfd_send_signal", errno, $"pidfd {handle}", Signal.Name(signal));
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Reaps the process when it is a child of ours and has ended; null while it runs. ECHILD throws: not our child.</summary>
    public unsafe ExitStatus? TryReap() => Wait(Libc.WEXITED | Libc.WNOHANG);

    /// <summary>Waits until the process, a child of ours, has ended, and reaps it.</summary>
    public ExitStatus Reap() => Wait(Libc.WEXITED)!.Value;

    private unsafe ExitStatus? Wait(int options)
    {
        var info = stackalloc byte[128];
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            while (true)
            {
                new Span<byte>(info, 128).Clear();
                if (Libc.waitid(Libc.P_PIDFD, (int)handle, info, options) == 0)
                {
                    return *(int*)(info + 16) == 0 ? null : ExitStatus.Of(*(int*)(info + 8), *(int*)(info + 24));
                }

                const int EINTR = 4;
                var errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    throw new LinuxException("waitid", errno, $"pidfd {handle}", "P_PIDFD");
                }
            }
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
