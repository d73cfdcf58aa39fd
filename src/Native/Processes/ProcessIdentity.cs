namespace Devoxx.Native.Processes;

/// <summary>Which process is meant, beyond the reuse of its pid and beyond a reboot.</summary>
/// <param name="Pid">As the reader's pid namespace numbers it.</param>
/// <param name="StartTime">Clock ticks after boot, field 22 of proc_pid_stat(5).</param>
/// <param name="BootId">The boot that both belong to.</param>
public sealed record ProcessIdentity(int Pid, ulong StartTime, string BootId)
{
    /// <summary>The identity of what has this pid now, alive or zombie; null when nothing has.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcessStat.Of(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTime, Processes.BootId.Current) : null;

    /// <summary>Opens the process if it still runs; a zombie is not alive. The caller owns the handle.</summary>
    public PidFd? OpenIfAlive()
    {
        if (BootId != Processes.BootId.Current || PidFd.TryOpen(Pid) is not { } pidfd)
        {
            return null;
        }

        // After opening: only then can the pid no longer come to mean another process between the check and the use.
        if (ProcessStat.Of(Pid) is { IsAlive: true } stat && stat.StartTime == StartTime)
        {
            return pidfd;
        }

        pidfd.Dispose();
        return null;
    }
}
