using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;

namespace Devoxx.Runtime.Containers;

/// <summary>What a container does now, found by looking: words of the specification, and <c>paused</c>, as runc has it.</summary>
internal static class ContainerStatus
{
    public const string Created = "created", Running = "running", Stopped = "stopped", Paused = "paused";

    public static string Of(StateFile state, StateDirectory directory)
    {
        // A zombie counts as stopped: whoever has to reap it may take its time.
        if (ProcessStat.Of(state.Pid) is not { IsAlive: true } stat || stat.StartTime != state.StartTime || BootId.Current != state.BootId)
        {
            return Stopped;
        }

        return File.Exists(directory.FifoPath) ? Created : IsFrozen(state) ? Paused : Running;
    }

    private static bool IsFrozen(StateFile state)
    {
        if (state.CgroupsPath is not { } path)
        {
            return false;
        }

        var host = CgroupHost.Detect();
        return (host.Unified is { } unified && File.Exists($"{unified}{path}/cgroup.freeze") && File.ReadAllText($"{unified}{path}/cgroup.freeze").Trim() == "1")
            || ForeignFreezer.Holds(host, state.Pid);
    }
}
