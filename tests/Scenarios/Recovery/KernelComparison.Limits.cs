using System.Globalization;
using Devoxx.Native.Cgroups;
using Devoxx.Scenarios.World;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Scenarios.Recovery;

/// <summary>Whether every limit that a container was given is in force.</summary>
public static partial class KernelComparison
{
    private static void Limits(List<string> differences, Sandbox sandbox, Dictionary<string, ContainerState> running)
    {
        var host = CgroupHost.Detect();
        foreach (var (id, state) in running)
        {
            if (Cgroup.OpenExisting(host, $"{sandbox.CgroupParent}/{id}") is null)
            {
                continue; // said already
            }

            try
            {
                Limits(differences, sandbox, id, state);
            }
            catch (Exception going) when (going is IOException or InvalidOperationException)
            {
                differences.Add($"{state.Spec!.Name}: its cgroup is going: {going.Message}");
            }
        }
    }

    private static void Limits(List<string> differences, Sandbox sandbox, string id, ContainerState state)
    {
        var limits = state.Spec!.Limits;
        Expect("memory", Text(limits.Memory), "memory.max", "memory.limit_in_bytes");
        Expect("memory reservation", Text(limits.MemoryReservation), "memory.low", "memory.soft_limit_in_bytes");
        Expect("pids", limits.Pids is > 0 and var pids ? Text(pids) : limits.Pids is null ? null : "max", "pids.max");
        Expect("cpuset", limits.Cpuset, "cpuset.cpus");
        if (limits.Cpus is { } cpus)
        {
            var quota = Text((long)(cpus * 100_000));
            Expect("cpus", quota, "cpu.max", "cpu.cfs_quota_us");
        }

        var frozen = sandbox.CgroupFile(id, "freezer.state", "cgroup.freeze") is "FROZEN" or "1";
        if (frozen != state.Paused)
        {
            differences.Add($"{state.Spec.Name}: the journal says that it is {(state.Paused ? "" : "not ")}paused");
        }

        void Expect(string what, string? wanted, params string[] files)
        {
            if (wanted is not null && sandbox.CgroupFile(id, files).Split(' ')[0] is var set && set != wanted)
            {
                differences.Add($"{state.Spec!.Name}: its limit of {what} is {set}, not {wanted}");
            }
        }
    }

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
