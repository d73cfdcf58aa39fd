using System.Runtime.InteropServices;
using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Launch;

/// <summary>Makes the child that runs a flat program.</summary>
internal static unsafe class Launcher
{
    /// <param name="cgroupDirectory">A cgroup v2 directory to be born in, or −1.</param>
    /// <param name="pidNamespace">A pid namespace to be born in: a descriptor of it, or a pidfd of a process in it, or −1.</param>
    public static (int Pid, PidFd PidFd) Launch(OperationList operations, CloneFlags flags, int errors, int cgroupDirectory, int pidNamespace = -1)
    {
        // All that the child touches is read here, before there is a child.
        var slots = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, operations.Slots), (nuint)sizeof(nint));
        var (list, count) = ((nint)operations.Operations, operations.Count);
        flags |= CloneFlags.CLONE_PIDFD | (cgroupDirectory >= 0 ? CloneFlags.CLONE_INTO_CGROUP : 0);
        using var entered = pidNamespace < 0 ? null : new PidNamespaceForChildren(pidNamespace);
        int pidFd;
        var pid = Clone3.Invoke(flags, &pidFd, cgroupDirectory);
        if (pid == 0)
        {
            Interpreter.Run((Operation*)list, count, slots, errors);
        }

        return pid > 0
            ? ((int)pid, new PidFd(pidFd))
            : throw new LinuxException("clone3", (int)-pid, null, flags.ToString().Replace(", ", "|", StringComparison.Ordinal));
    }

    /// <summary>
    /// Puts the children of this thread into another pid namespace until disposed. It must be undone before this process makes a thread: the kernel
    /// refuses threads in another pid namespace than their process (clone(2), EINVAL).
    /// </summary>
    private sealed class PidNamespaceForChildren : IDisposable
    {
        private readonly int _own;

        public PidNamespaceForChildren(int fd)
        {
            _own = FileDescriptor.Open("/proc/thread-self/ns/pid_for_children", Linux.O_RDONLY);
            var result = RawSyscall.Invoke(Nr.setns, fd, (nint)(ulong)CloneFlags.CLONE_NEWPID);
            if (result < 0)
            {
                RawSyscall.Invoke(Nr.close, _own);
                throw new LinuxException("setns", (int)-result, $"fd {fd}", "CLONE_NEWPID");
            }
        }

        public void Dispose()
        {
            RawSyscall.Invoke(Nr.setns, _own, (nint)(ulong)CloneFlags.CLONE_NEWPID);
            RawSyscall.Invoke(Nr.close, _own);
        }
    }
}
