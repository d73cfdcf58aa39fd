using System.Runtime.InteropServices;
using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>One hook that the child runs: plain memory, see <see cref="Operation"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HookRequest
{
    public nint Path, Arguments, Environment;

    public int StateFd;

    /// <summary>−1: for ever.</summary>
    public int TimeoutMs;

    /// <summary>A filter of system calls that the hook is to run under (struct sock_fprog); 0: that of who runs it, if any.</summary>
    public nint Filter;
}

/// <summary>Runs a hook as a process of its own and waits for its end. The rules of <see cref="Interpreter"/> hold here too.</summary>
internal static unsafe class HookProcess
{
    /// <summary>Beyond all error numbers: an exit code, or a signal, is added to these.</summary>
    public const int Exited = 0x10000, Signalled = 0x20000, TimedOut = 0x30000;

    private const int EINTR = 4, SIGCHLD = 17, SIGKILL = 9, SEEK_SET = 0, SECCOMP_SET_MODE_FILTER = 1;
    private const nint SYS_poll = 7;

    /// <summary>0 when it succeeded, else negated: an error number, or one of the codes above.</summary>
    public static nint Run(HookRequest* hook)
    {
        var report = stackalloc int[2];
        var failed = RawSyscall.Invoke(Nr.pipe2, (nint)report, Linux.O_CLOEXEC);
        if (failed < 0)
        {
            return failed;
        }

        var (read, write) = (report[0], report[1]);
        var pid = RawSyscall.Invoke(Nr.clone, SIGCHLD);
        if (pid == 0)
        {
            RawSyscall.Invoke(Nr.lseek, hook->StateFd, 0, SEEK_SET);
            RawSyscall.Invoke(Nr.dup3, hook->StateFd, 0, 0);
            Interpreter.ResetSignals();
            var filtered = hook->Filter == 0 ? 0 : RawSyscall.Invoke(Nr.seccomp, SECCOMP_SET_MODE_FILTER, 0, hook->Filter);
            var errno = (int)-(filtered < 0 ? filtered : RawSyscall.Invoke(Nr.execve, hook->Path, hook->Arguments, hook->Environment));
            RawSyscall.Invoke(Nr.write, write, (nint)(&errno), sizeof(int));
            Interpreter.Exit(127);
        }

        RawSyscall.Invoke(Nr.close, write);
        var code = pid < 0 ? -pid : Await((int)pid, read, hook->TimeoutMs);
        RawSyscall.Invoke(Nr.close, read);
        return -code;
    }

    private static nint Await(int pid, int read, int timeoutMs)
    {
        int errno;
        if (RawSyscall.Invoke(Nr.read, read, (nint)(&errno), sizeof(int)) == sizeof(int))
        {
            Reap(pid);
            return errno;
        }

        if (timeoutMs >= 0 && !EndsWithin(pid, timeoutMs))
        {
            RawSyscall.Invoke(Nr.kill, pid, SIGKILL);
            Reap(pid);
            return TimedOut;
        }

        var status = Reap(pid);
        var signal = status & 0x7f;
        return signal != 0 ? Signalled + signal : status != 0 ? Exited + ((status >> 8) & 0xff) : 0;
    }

    private static bool EndsWithin(int pid, int timeoutMs)
    {
        var pidFd = RawSyscall.Invoke(Nr.pidfd_open, pid, 0);
        if (pidFd < 0)
        {
            return false;
        }

        // struct pollfd: fd, events, revents.
        var poll = stackalloc int[2];
        poll[0] = (int)pidFd;
        poll[1] = 1 /* POLLIN */;
        nint ready;
        do
        {
            ready = RawSyscall.Invoke(SYS_poll, (nint)poll, 1, timeoutMs);
        }
        while (ready == -EINTR);
        RawSyscall.Invoke(Nr.close, pidFd);
        return ready == 1;
    }

    private static int Reap(int pid)
    {
        var status = 0;
        while (RawSyscall.Invoke(Nr.wait4, pid, (nint)(&status), 0, 0) == -EINTR)
        {
        }

        return status;
    }
}
