using System.Runtime.InteropServices;

namespace Devoxx.Native.Namespaces;

/// <summary>clone3 (clone(2)), which glibc does not wrap. The child shares nothing: it is a fork with namespaces.</summary>
public static unsafe class Clone3
{
    /// <summary>struct clone_args, version 2 (linux/sched.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags, PidFd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
    }

    /// <summary>
    /// Returns twice: 0 in the child, its pid in the parent, or an error number negated. The child is a copy with one thread: it must
    /// not allocate, and must end in execve or _exit.
    /// </summary>
    /// <param name="pidFd">Where to put the pidfd of the child, with CLONE_PIDFD.</param>
    /// <param name="cgroupFd">A cgroup v2 directory, with CLONE_INTO_CGROUP.</param>
    public static nint Invoke(CloneFlags flags, int* pidFd, int cgroupFd)
    {
        const ulong SIGCHLD = 17;
        var arguments = new CloneArguments
        {
            Flags = (ulong)flags,
            PidFd = (ulong)pidFd,
            ExitSignal = SIGCHLD,
            Cgroup = cgroupFd < 0 ? 0 : (ulong)cgroupFd,
        };
        return RawSyscall.Invoke(Nr.clone3, (nint)(&arguments), sizeof(CloneArguments));
    }
}
