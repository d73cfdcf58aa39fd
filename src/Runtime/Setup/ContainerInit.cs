using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// The built-in init (annotation <c>org.devoxx.init</c>): process 1 of the container never execs, so no file of the host is put
/// into the container for it (the class of CVE-2019-5736). It starts the command, passes signals on to it, reaps what is left to
/// it, and ends as the command ended. The rules of <see cref="Interpreter"/> hold here too.
/// </summary>
internal static unsafe class ContainerInit
{
    private const int EINTR = 4, ECHILD = 10;
    private const int SIG_BLOCK = 0, SIGCHLD = 17, SIGTTIN = 21, SIGTTOU = 22, WNOHANG = 1;

    /// <summary>Returns only in the command's process, when it could not be executed.</summary>
    public static void Run(byte** paths, nint argv, nint envp, int index, int errorFd)
    {
        // Blocked signals are queued for process 1 even without a handler; unblocked ones the kernel would drop.
        var all = ulong.MaxValue;
        RawSyscall.Invoke(Nr.rt_sigprocmask, SIG_BLOCK, (nint)(&all), 0, 8);

        // Before there is a command that could look at our /proc/1/exe; its execve makes itself dumpable again.
        const int PR_SET_DUMPABLE = 4, PR_SET_NAME = 15;
        RawSyscall.Invoke(Nr.prctl, PR_SET_DUMPABLE, 0);
        var command = RawSyscall.Invoke(Nr.clone, SIGCHLD);
        if (command < 0)
        {
            Interpreter.Fail(errorFd, index, (int)-command);
        }

        if (command == 0)
        {
            // A group of its own in the foreground: the terminal's ^C then reaches the command once, not once more through us.
            const int TIOCSPGRP = 0x5410;
            RawSyscall.Invoke(Nr.setpgid, 0, 0);
            var group = (int)RawSyscall.Invoke(Nr.getpid);
            RawSyscall.Invoke(Nr.ioctl, 0, TIOCSPGRP, (nint)(&group));
            Interpreter.ResetSignals();
            Interpreter.Fail(errorFd, index, (int)-Interpreter.Exec(paths, argv, envp));
        }

        // Without this the parent would not see the end of the error pipe, nor readers of our output the end of it.
        RawSyscall.Invoke(Nr.close_range, 0, unchecked((nint)uint.MaxValue), 0);
        fixed (byte* name = "devoxx-init\0"u8)
        {
            RawSyscall.Invoke(Nr.prctl, PR_SET_NAME, (nint)name);
        }

        while (true)
        {
            var signal = RawSyscall.Invoke(Nr.rt_sigtimedwait, (nint)(&all), 0, 0, 8);
            if (signal == -EINTR)
            {
                continue;
            }

            if (signal is SIGCHLD)
            {
                Reap((int)command);
            }
            else if (signal is > 0 and not (SIGTTIN or SIGTTOU))
            {
                RawSyscall.Invoke(Nr.kill, command, signal);
            }
        }
    }

    private static void Reap(int command)
    {
        while (true)
        {
            int status;
            var pid = RawSyscall.Invoke(Nr.wait4, -1, (nint)(&status), WNOHANG, 0);
            if (pid == command)
            {
                var signal = status & 0x7f;
                Interpreter.Exit(signal == 0 ? (status >> 8) & 0xff : 128 + signal);
            }

            if (pid is 0 or -ECHILD)
            {
                return;
            }
        }
    }
}
