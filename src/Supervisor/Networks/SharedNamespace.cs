using Devoxx.Native.Processes;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Networks;

/// <summary>Whether two processes are in one network namespace, as the kernel has it.</summary>
internal static class SharedNamespace
{
    /// <summary>Both run, and the sharer is in another namespace than the donor. False when either has ended: that is noticed elsewhere.</summary>
    public static bool IsLost(RunningProcess sharer, RunningProcess donor)
    {
        using var one = Identity(sharer).OpenIfAlive();
        using var other = Identity(donor).OpenIfAlive();
        return one is not null && other is not null && Of(sharer) is { } here && Of(donor) is { } there && here != there

            // Still them after reading: no other process can have taken a number meanwhile.
            && one.SendSignal(0) && other.SendSignal(0);
    }

    private static ProcessIdentity Identity(RunningProcess process) => new(process.Pid, process.StartTime, process.BootId);

    private static string? Of(RunningProcess process)
    {
        try
        {
            return new FileInfo($"/proc/{process.Pid}/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return null; // it has just ended
        }
    }
}
