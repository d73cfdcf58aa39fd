using System.Runtime.InteropServices;

namespace Devoxx.Native.Cgroups;

/// <summary>
/// The way into a cgroup. On the unified hierarchy a child is born inside (clone3 with CLONE_INTO_CGROUP and <paramref name="V2Directory"/>);
/// on version 1 the child itself writes <c>0</c> to each of <paramref name="V1Tasks"/> before it does anything else: a thread that moves
/// itself through <c>tasks</c> skips cgroup_threadgroup_rwsem and with it the wait for an RCU grace period (about 10 ms a hierarchy
/// when the pid is written from outside, kernel/cgroup/cgroup.c cgroup_procs_write_start).
/// </summary>
public sealed record CgroupJoin(SafeHandle? V2Directory, IReadOnlyList<SafeHandle> V1Tasks) : IDisposable
{
    public void Dispose()
    {
        V2Directory?.Dispose();
        foreach (var handle in V1Tasks)
        {
            handle.Dispose();
        }
    }
}
