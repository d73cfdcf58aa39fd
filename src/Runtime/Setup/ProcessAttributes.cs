using System.Globalization;
using Devoxx.Native;
using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>What config.json says of how the kernel schedules a process and of its personality: set while it may still raise its own priority.</summary>
internal static unsafe class ProcessAttributes
{
    public static void Build(OperationList operations, Process process, Personality? personality)
    {
        if (personality is not null)
        {
            SetPersonality(operations, personality);
        }

        if (process.Scheduler is { } scheduler)
        {
            SetScheduler(operations, scheduler);
        }

        if (process.IoPriority is { } priority)
        {
            SetIoPriority(operations, priority);
        }
    }

    /// <summary>Every processor that the cgroup allows, whatever whoever started us was bound to.</summary>
    public static void ResetAffinity(OperationList operations)
    {
        var mask = (byte*)operations.Allocate(CpuList.MaskBytes);
        new Span<byte>(mask, CpuList.MaskBytes).Fill(0xff);
        operations.Syscall(Nr.sched_setaffinity, "sched_setaffinity", "all", null, 0, CpuList.MaskBytes, mask).TolerateAll();
    }

    /// <summary>sched_setaffinity(2) of a CPU list such as <c>0-3,7</c>.</summary>
    public static void SetAffinity(OperationList operations, string cpus)
    {
        var mask = (byte*)operations.Allocate(CpuList.MaskBytes);
        CpuList.Parse(cpus, new Span<byte>(mask, CpuList.MaskBytes));
        operations.Syscall(Nr.sched_setaffinity, "sched_setaffinity", cpus, null, 0, CpuList.MaskBytes, mask);
    }

    // personality(2); the runtime-spec knows two domains and no flag.
    private static void SetPersonality(OperationList operations, Personality personality)
    {
        if (personality.Flags is { Count: > 0 } flags)
        {
            throw new SetupException($"linux.personality: the flag {flags[0]} is not supported; the specification defines none");
        }

        const int PER_LINUX = 0, PER_LINUX32 = 8;
        var domain = personality.Domain switch
        {
            "LINUX" => PER_LINUX,
            "LINUX32" => PER_LINUX32,
            var other => throw new SetupException($"linux.personality: '{other}' is none of LINUX and LINUX32"),
        };
        operations.Syscall(Nr.personality, "personality", personality.Domain, null, domain);
    }

    // sched_setattr(2): struct sched_attr, the 48 bytes of its first version.
    private static void SetScheduler(OperationList operations, Scheduler scheduler)
    {
        const int Size = 48;
        RequireDeadline(scheduler);
        var attributes = operations.Allocate(Size);
        ((uint*)attributes)[0] = Size;
        ((uint*)attributes)[1] = PolicyOf(scheduler.Policy);
        ((ulong*)attributes)[1] = FlagsOf(scheduler.Flags);
        ((int*)attributes)[4] = scheduler.Nice ?? 0;
        ((uint*)attributes)[5] = (uint)(scheduler.Priority ?? 0);
        ((ulong*)attributes)[3] = scheduler.Runtime ?? 0;
        ((ulong*)attributes)[4] = scheduler.Deadline ?? 0;
        ((ulong*)attributes)[5] = scheduler.Period ?? 0;
        operations.Syscall(
            Nr.sched_setattr, "sched_setattr", scheduler.Policy,
            string.Create(CultureInfo.InvariantCulture, $"nice {scheduler.Nice ?? 0}, priority {scheduler.Priority ?? 0}"), 0, attributes, 0);
    }

    /// <summary>The kernel takes no deadline of a process that may not run everywhere, and only says EPERM (sched_setattr(2)).</summary>
    public static void RequireEveryProcessor(Scheduler? scheduler, string? cpus)
    {
        if (scheduler?.Policy != "SCHED_DEADLINE" || cpus is null or "")
        {
            return;
        }

        var (asked, online) = (new byte[CpuList.MaskBytes], new byte[CpuList.MaskBytes]);
        CpuList.Parse(cpus, asked);
        CpuList.Parse(File.ReadAllText("/sys/devices/system/cpu/online").Trim(), online);
        if (online.Where((octet, i) => (octet & ~asked[i]) != 0).Any())
        {
            throw new SetupException($"process scheduler can't be used together with AllowedCPUs: SCHED_DEADLINE needs all processors, and linux.resources.cpu.cpus is '{cpus}'");
        }
    }

    // The kernel only says EINVAL (kernel/sched/deadline.c, __checkparam_dl).
    private static void RequireDeadline(Scheduler scheduler)
    {
        const ulong Shortest = 1024, Longest = 1UL << 63;
        if (scheduler.Policy != "SCHED_DEADLINE")
        {
            return;
        }

        const string Policy = "sched_setattr: `SCHED_DEADLINE`";
        var runtime = scheduler.Runtime ?? throw new SetupException($"{Policy} requires `runtime`");
        var deadline = scheduler.Deadline ?? throw new SetupException($"{Policy} requires `deadline`");
        var period = scheduler.Period is { } given and > 0 ? given : deadline;
        var wrong = runtime == 0 ? "runtime must be greater than 0"
            : runtime is < Shortest or >= Longest ? $"runtime {runtime} must be between {Shortest} and {Longest - 1} ns"
            : runtime > deadline ? $"runtime {runtime} must be <= deadline {deadline}"
            : deadline > period ? $"deadline {deadline} must be <= period {period}"
            : null;
        if (wrong is not null)
        {
            throw new SetupException($"{Policy} {wrong} (process.scheduler)");
        }
    }

    private static uint PolicyOf(string policy) => policy switch
    {
        "SCHED_OTHER" => 0,
        "SCHED_FIFO" => 1,
        "SCHED_RR" => 2,
        "SCHED_BATCH" => 3,
        "SCHED_ISO" => 4,
        "SCHED_IDLE" => 5,
        "SCHED_DEADLINE" => 6,
        _ => throw new SetupException($"process.scheduler.policy '{policy}' is no scheduling policy"),
    };

    private static ulong FlagsOf(IReadOnlyList<string>? names)
    {
        ulong flags = 0;
        foreach (var name in names ?? [])
        {
            flags |= name switch
            {
                "SCHED_FLAG_RESET_ON_FORK" => 1,
                "SCHED_FLAG_RECLAIM" => 2,
                "SCHED_FLAG_DL_OVERRUN" => 4,
                "SCHED_FLAG_KEEP_POLICY" => 8,
                "SCHED_FLAG_KEEP_PARAMS" => 0x10,
                "SCHED_FLAG_UTIL_CLAMP_MIN" => 0x20,
                "SCHED_FLAG_UTIL_CLAMP_MAX" => 0x40UL,
                _ => throw new SetupException($"process.scheduler.flags: '{name}' is no flag of sched_setattr"),
            };
        }

        return flags;
    }

    private static void SetIoPriority(OperationList operations, IoPriority priority)
    {
        const int IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_SHIFT = 13;
        var number = priority.Class switch
        {
            "IOPRIO_CLASS_RT" => 1,
            "IOPRIO_CLASS_BE" => 2,
            "IOPRIO_CLASS_IDLE" => 3,
            _ => throw new SetupException($"process.ioPriority.class '{priority.Class}' is none of IOPRIO_CLASS_RT, IOPRIO_CLASS_BE and IOPRIO_CLASS_IDLE"),
        };
        if (priority.Priority is < 0 or > 7)
        {
            throw new SetupException($"process.ioPriority.priority {priority.Priority} is not from 0 to 7");
        }

        operations.Syscall(
            Nr.ioprio_set, "ioprio_set", $"{priority.Class} {priority.Priority}", null, IOPRIO_WHO_PROCESS, 0, (number << IOPRIO_CLASS_SHIFT) | priority.Priority);
    }
}
