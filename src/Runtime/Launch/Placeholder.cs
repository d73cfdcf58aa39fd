using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Launch;

/// <summary>
/// A process that does nothing, and ends when it is disposed or whoever made it ends. A scope of systemd needs one to begin with; the container's first is then born
/// in a cgroup that is whole, limits and all, and is never moved.
/// </summary>
internal sealed unsafe class Placeholder : IDisposable
{
    private readonly PidFd _process;

    public Placeholder()
    {
        var parent = RawSyscall.Invoke(Nr.getpid);
        int pidFd;
        var pid = Clone3.Invoke(CloneFlags.CLONE_PIDFD, &pidFd, -1);
        if (pid == 0)
        {
            Wait(parent);
        }

        _process = pid > 0 ? new PidFd(pidFd) : throw new LinuxException("clone3", (int)-pid, null, "CLONE_PIDFD");
        Pid = (int)pid;
    }

    public int Pid { get; }

    public void Dispose()
    {
        if (_process.IsClosed)
        {
            return;
        }

        _process.SendSignal(Signal.Kill);
        _process.Reap();
        _process.Dispose();
    }

    // As everything between clone and execve: without allocating.
    private static void Wait(nint parent)
    {
        const int LastDescriptor = int.MaxValue;
        RawSyscall.Invoke(Nr.prctl, Linux.PR_SET_PDEATHSIG, Signal.Kill);
        RawSyscall.Invoke(Nr.close_range, 0, LastDescriptor);
        while (RawSyscall.Invoke(Nr.getppid) == parent)
        {
            RawSyscall.Invoke(Nr.pause);
        }

        RawSyscall.Invoke(Nr.exit_group);
    }
}
