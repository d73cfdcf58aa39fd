namespace Devoxx.Native.Namespaces;

/// <summary>Flags of clone(2), clone3, unshare(2) and setns(2) (linux/sched.h).</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    CLONE_NEWTIME = 0x80,
    CLONE_PIDFD = 0x1000,
    CLONE_PARENT = 0x8000,
    CLONE_FS = 0x200,
    CLONE_NEWNS = 0x20000,
    CLONE_NEWCGROUP = 0x2000000,
    CLONE_NEWUTS = 0x4000000,
    CLONE_NEWIPC = 0x8000000,
    CLONE_NEWUSER = 0x10000000,
    CLONE_NEWPID = 0x20000000,
    CLONE_NEWNET = 0x40000000,

    /// <summary>Born in the cgroup of a v2 directory; Linux 5.7, clone3 only.</summary>
    CLONE_INTO_CGROUP = 0x200000000,
}
