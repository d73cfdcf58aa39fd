using Devoxx.Native.Processes;
using Devoxx.Supervisor.Cgroups;

namespace Devoxx.Supervisor.Containers;

/// <summary>Says how a run ended, of what its monitor recorded, its cgroup counted and somebody asked for. Pure.</summary>
public static class ContainerExits
{
    /// <summary>The exit code of a run that nobody saw end.</summary>
    public const int Unseen = 255;

    public static ContainerExited Describe(
        ContainerState state, ExitRecord? record, CgroupUsage? usage, DateTimeOffset now, RunEvidence? evidence = null)
    {
        var oomKills = Math.Max(usage?.OomKills ?? 0, record?.OomKills ?? 0);
        // A limit that killed some child long ago says nothing of an orderly exit now: only a SIGKILL can be the kernel's.
        var outOfMemory = oomKills > 0 && (record is null || record.Signal == 9);
        var ended = record?.ExitedAt ?? now;
        var started = record?.StartedAt ?? state.StartedAt ?? ended;
        return new ContainerExited(
            state.Spec!.Subject,
            ended,
            state.Run,
            record?.ExitCode ?? Unseen,
            record?.Signal,
            outOfMemory,
            record?.RanFor ?? (ended > started ? ended - started : TimeSpan.Zero),
            Cause(state, record, outOfMemory),
            usage?.MemoryPeak,
            usage?.CpuTime,
            oomKills,
            state.StartCause,
            state.Attempt,
            started,
            state.Process?.Pid ?? record?.Pid,
            state.Process?.BootId ?? record?.BootId,
            state.Health is { } health ? InWords.Health(health.Status) : null,
            evidence is { Probes.IsEmpty: false } ? evidence.Probes : null,
            state.Notified?.Status,
            evidence is { LastLines.IsEmpty: false } ? evidence.LastLines : null,
            state.StartedBy);
    }

    private static string Cause(ContainerState state, ExitRecord? record, bool outOfMemory)
    {
        if (outOfMemory)
        {
            return state.Spec!.Limits.Memory is { } limit
                ? $"out of memory: the kernel killed it at its limit of {InWords.Bytes(limit)}"
                : "out of memory: the kernel killed it";
        }

        if (record is null)
        {
            return "nobody saw it end: its monitor was gone too (killed, or the machine stopped)";
        }

        if (state.Stop is { } stop)
        {
            return record.Signal == 9 && state.KilledBecause is { } why ? $"{stop.Cause}; killed: {why}" : stop.Cause;
        }

        if (state.Ending is { } ending)
        {
            return record.Signal == 9 && state.KilledBecause is { } why ? $"{ending.Reason}; killed: {why}" : ending.Reason;
        }

        return record switch
        {
            { Signal: { } signal } => $"killed by {Signal.Name(signal)}, which was not sent by this program",
            { ExitCode: 0 } => "finished",
            _ => $"failed with exit code {record.ExitCode}",
        };
    }
}
