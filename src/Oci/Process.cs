using System.Text.Json.Serialization;

namespace Devoxx.Oci;

/// <summary>What runs in a container, and as whom.</summary>
public sealed record Process
{
    public bool Terminal { get; init; }

    public ConsoleSize? ConsoleSize { get; init; }

    public User User { get; init; } = new();

    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Entries of the form <c>NAME=value</c>.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Absolute, inside the container.</summary>
    public string Cwd { get; init; } = "/";

    public LinuxCapabilities? Capabilities { get; init; }

    public IReadOnlyList<Rlimit>? Rlimits { get; init; }

    public bool NoNewPrivileges { get; init; }

    public string? ApparmorProfile { get; init; }

    public string? SelinuxLabel { get; init; }

    public int? OomScoreAdj { get; init; }

    public Scheduler? Scheduler { get; init; }

    [JsonPropertyName("ioPriority")]
    public IoPriority? IoPriority { get; init; }

    [JsonPropertyName("execCPUAffinity")]
    public CpuAffinity? ExecCpuAffinity { get; init; }
}

/// <summary>Size of the terminal, in characters.</summary>
public sealed record ConsoleSize(uint Height, uint Width);

public sealed record User
{
    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Octal permission bits to clear, as a number; null means 0022.</summary>
    public uint? Umask { get; init; }

    public IReadOnlyList<uint>? AdditionalGids { get; init; }
}

/// <summary>The five sets, entries such as <c>CAP_NET_RAW</c>.</summary>
public sealed record LinuxCapabilities
{
    public IReadOnlyList<string>? Bounding { get; init; }

    public IReadOnlyList<string>? Effective { get; init; }

    public IReadOnlyList<string>? Inheritable { get; init; }

    public IReadOnlyList<string>? Permitted { get; init; }

    public IReadOnlyList<string>? Ambient { get; init; }
}

/// <summary>A resource limit; <paramref name="Type"/> is <c>RLIMIT_NOFILE</c> and so on, ulong.MaxValue is RLIM_INFINITY.</summary>
public sealed record Rlimit(string Type, ulong Soft, ulong Hard);

public sealed record Scheduler
{
    /// <summary><c>SCHED_OTHER</c>, <c>SCHED_FIFO</c>, <c>SCHED_RR</c>, <c>SCHED_BATCH</c>, <c>SCHED_ISO</c>, <c>SCHED_IDLE</c>, <c>SCHED_DEADLINE</c>.</summary>
    public string Policy { get; init; } = "SCHED_OTHER";

    public int? Nice { get; init; }

    public int? Priority { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>Nanoseconds.</summary>
    public ulong? Runtime { get; init; }

    /// <summary>Nanoseconds.</summary>
    public ulong? Deadline { get; init; }

    /// <summary>Nanoseconds.</summary>
    public ulong? Period { get; init; }
}

/// <summary><paramref name="Class"/> is <c>IOPRIO_CLASS_RT</c>, <c>IOPRIO_CLASS_BE</c> or <c>IOPRIO_CLASS_IDLE</c>; priority 0 (highest) to 7.</summary>
public sealed record IoPriority(string Class, int Priority = 0);

/// <summary>CPU lists such as <c>0-3,7</c> for the time before and after the command joins the cgroup.</summary>
public sealed record CpuAffinity(string? Initial, string? Final);
