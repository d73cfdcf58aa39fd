using System.Diagnostics;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups;

public sealed partial class Cgroup
{
    private const int Sigkill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// SIGKILL to everything inside and below, and to what it forks meanwhile; returns when nothing is left.
    /// </summary>
    /// <exception cref="CgroupBusyException">Something is still there after the time: killed, but stuck in the kernel.</exception>
    public void Kill(TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        // cgroup.kill, since Linux 5.14, reaches forks in flight too.
        var killed = Unified is { } unified && unified.TryWrite("cgroup.kill", "1") == 0;
        var frozen = !killed && TryWriteFrozen(true);
        for (var first = true; ; first = false)
        {
            var processes = Processes();
            if (processes.Count == 0)
            {
                break;
            }

            if (!killed || !first)
            {
                foreach (var pid in processes)
                {
                    KillMember(pid);
                }

                if (frozen)
                {
                    frozen = false;
                    TryWriteFrozen(false); // on version 1 the frozen do not even die
                }
            }

            if (killed && first && IsFrozenByV1)
            {
                TryWriteFrozen(false); // by somebody else, on a host with both versions
            }

            if (clock.Elapsed > (patience ?? Patience))
            {
                throw new CgroupBusyException(Path, [.. processes]);
            }

            WaitForChange(TimeSpan.FromMilliseconds(first ? 20 : 2));
        }

        if (frozen)
        {
            TryWriteFrozen(false);
        }
    }

    private bool IsFrozenByV1 => With("freezer")?.TryRead("freezer.state") is { } state && state != "THAWED";

    /// <summary>Stops everything inside at once; returns when all of it stands still.</summary>
    /// <exception cref="CgroupBusyException">Something does not stop in time.</exception>
    public void Freeze(TimeSpan? patience = null) => SetFrozen(true, patience ?? Patience);

    public void Thaw(TimeSpan? patience = null) => SetFrozen(false, patience ?? Patience);

    /// <summary>Whether all of it stands still; null where the cgroup is in no hierarchy that freezes.</summary>
    public bool? IsFrozen => (Unified?.TryRead("cgroup.events"), With("freezer")?.TryRead("freezer.state")) switch
    {
        (null, null) => null,
        ({ } events, _) when CgroupDirectory.Keyed(events, "frozen") == 1 => true,
        (_, var state) => state == "FROZEN",
    };

    /// <summary>Removes the cgroup, and cgroups that its processes made in it, from every hierarchy. What is gone already is no error.</summary>
    /// <param name="patience">How long to wait for processes that have been killed but are not gone yet.</param>
    /// <exception cref="CgroupBusyException">Processes are in it; tells which.</exception>
    public void Remove(TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var busy = false;
            // The unified one goes last: it can be waited for.
            foreach (var (_, directory) in parts.OrderBy(part => part.Hierarchy.IsUnified))
            {
                busy |= !TryRemoveTree(directory);
            }

            if (!busy)
            {
                parts.Clear();
                return;
            }

            if (clock.Elapsed > (patience ?? Patience))
            {
                throw new CgroupBusyException(Path, [.. Processes()]);
            }

            WaitForChange(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Removes the cgroup of this path where this program makes none, but another OCI runtime has. One with processes in it stays.</summary>
    public static void RemoveUnused(CgroupHost host, string path)
    {
        foreach (var mountPoint in host.Unused)
        {
            TryRemoveTree(new CgroupDirectory(mountPoint + path));
        }
    }

    private static bool TryRemoveTree(CgroupDirectory directory)
    {
        var status = directory.TryRemove();
        if (status == -16) // EBUSY: children, or processes
        {
            foreach (var child in directory.Children())
            {
                TryRemoveTree(child);
            }

            status = directory.TryRemove();
        }

        return status switch
        {
            0 or -2 => true,
            -16 => false,
            _ => throw new LinuxException("rmdir", -status, directory.Path),
        };
    }

    // Between the reading of its pid and this the process may be gone and its number with another: so the pidfd first, then the question whether it is a member.
    private void KillMember(int pid)
    {
        using var process = PidFd.TryOpen(pid);
        if (process is not null && Processes().Contains(pid))
        {
            process.SendSignal(Sigkill);
        }
    }

    private void SetFrozen(bool frozen, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        if (!TryWriteFrozen(frozen))
        {
            throw new CgroupLimitException("cgroup.freeze", "freezer", frozen ? "1" : "0", "nothing", "this host can freeze no cgroup");
        }

        while (IsFrozen != frozen)
        {
            if (clock.Elapsed > patience)
            {
                throw new CgroupBusyException(Path, [.. Processes()]);
            }

            WaitForChange(TimeSpan.FromMilliseconds(5));
            if (Unified is null)
            {
                TryWriteFrozen(frozen); // "FREEZING" may need another push: freezer-subsystem.rst
            }
        }
    }

    // Frozen by one version, the better one; thawed by both, for somebody else may have used the other.
    private bool TryWriteFrozen(bool frozen)
    {
        var written = Unified is { } unified && unified.TryWrite("cgroup.freeze", frozen ? "1" : "0") == 0;
        return (written && frozen) || (With("freezer") is { } freezer && freezer.TryWrite("freezer.state", frozen ? "FROZEN" : "THAWED") == 0) || written;
    }

    /// <summary>Waits for cgroup.events to change (it does when the cgroup becomes empty or frozen), at most so long; version 1 alone cannot tell, there it is only the time.</summary>
    private unsafe void WaitForChange(TimeSpan most)
    {
        var milliseconds = (int)Math.Max(1, most.TotalMilliseconds);
        if (Unified is { } unified)
        {
            fixed (byte* p = CPath.Of(unified.File("cgroup.events")))
            {
                var fd = FileCalls.Open(p, O_RDONLY);
                if (fd >= 0)
                {
                    try
                    {
                        // Reading arms POLLPRI for the next change; what has changed already must not be waited for.
                        var text = stackalloc byte[128];
                        var length = (int)Math.Max(0, FileCalls.Read(fd, text, 128));
                        if (new ReadOnlySpan<byte>(text, length).IndexOf("populated 0"u8) < 0)
                        {
                            var item = new pollfd { fd = fd, events = POLLPRI };
                            _ = poll(&item, 1u, milliseconds);
                            return;
                        }
                    }
                    finally
                    {
                        FileCalls.Close(fd);
                    }
                }
            }
        }

        Thread.Sleep(Math.Min(milliseconds, 1));
    }
}
