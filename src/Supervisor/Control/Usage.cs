using System.Collections.Immutable;

namespace Devoxx.Supervisor.Control;

/// <summary>What a container that runs has used by now; null where its host cannot tell. Rates are for the reader to make, of two of these.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Memory">Bytes, without page cache that has not been used for long, as <c>docker stats</c> counts.</param>
/// <param name="MemoryLimit">Bytes: its own, else the machine's.</param>
/// <param name="CpuMicroseconds">Processor time since this run began.</param>
/// <param name="NetReceived">Bytes over all its links but loopback; null in the host's network and where there is no link.</param>
/// <param name="CpuPressure">Share of the last ten seconds in which something in it waited for a processor, in per cent.</param>
public sealed record UsageView(
    string Id,
    string Name,
    string Service,
    DateTimeOffset At,
    long? Memory,
    long? MemoryLimit,
    long? CpuMicroseconds,
    long? Pids,
    long? IoRead,
    long? IoWritten,
    long? NetReceived,
    long? NetSent,
    double? CpuPressure,
    double? MemoryPressure,
    double? IoPressure)
{
    /// <summary>When it was read, as time since boot: of that clock are the times that rates are made of.</summary>
    public TimeSpan SinceBoot { get; init; }
}

/// <summary>The processes of a container that runs, as the host numbers them.</summary>
public sealed record ProcessesView(string Id, string Name, string Service, int Number, ImmutableArray<ProcessView> Processes);

/// <param name="Terminal"><c>pts/3</c>, or <c>?</c>.</param>
/// <param name="CpuTime">User and system time used.</param>
public sealed record ProcessView(int Pid, int ParentPid, uint Uid, string Terminal, TimeSpan CpuTime, DateTimeOffset StartedAt, string Command);
