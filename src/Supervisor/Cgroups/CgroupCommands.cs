using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>What a container tells its cgroup, and what comes of it.</summary>
public interface ICgroupCommand;

/// <summary>Be there with these limits, empty; answered by <see cref="CgroupReady"/> or <see cref="CgroupFailed"/>.</summary>
public sealed record PrepareCgroup(int Run, string Path, ResourceLimits Limits, bool AllDevices) : ICgroupCommand;

/// <summary>Kill what is left and go; answered by <see cref="CgroupReleased"/>.</summary>
public sealed record ReleaseCgroup(int Run) : ICgroupCommand;

/// <summary>A run that was adopted, so that its cgroup is there whatever the journal says of it: count its out-of-memory kills again.</summary>
public sealed record WatchCgroup(int Run, string Path, ResourceLimits Limits) : ICgroupCommand;

/// <summary>Stand still, or go on; answered by <see cref="CgroupFreezeAnswer"/>.</summary>
/// <param name="Cause">Who asked.</param>
public sealed record FreezeCgroup(int Run, bool Frozen, string Cause) : ICgroupCommand;

internal sealed record CgroupMade(int Run) : ICgroupCommand;

internal sealed record CgroupNotMade(int Run, string Error) : ICgroupCommand;

internal sealed record CgroupGone(int Run, CgroupUsage Usage) : ICgroupCommand;

internal sealed record CgroupNotGone(int Run, string Error) : ICgroupCommand;

internal sealed record CgroupOomSeen(int Run, int OomKills) : ICgroupCommand;

internal sealed record CgroupFreezeDone(int Run, bool Frozen) : ICgroupCommand;

internal sealed record CgroupFreezeFailed(int Run, string Error) : ICgroupCommand;

/// <summary>Sent up: how it stands now, or why it could not be changed.</summary>
public sealed record CgroupFreezeAnswer(int Run, bool Frozen, string Cause, string? Error = null) : IContainerCommand
{
    /// <summary>The <see cref="Cause"/> after recovery: so it was left.</summary>
    public const string Found = "found so";
}

/// <summary>Sent up: the kernel has killed processes of this run for want of memory.</summary>
/// <param name="OomKills">So many by now.</param>
public sealed record CgroupLostProcesses(int Run, int OomKills);

/// <summary>Sent up.</summary>
public sealed record CgroupReady(int Run);

public sealed record CgroupFailed(int Run, string Error);

public sealed record CgroupReleased(int Run, CgroupUsage Usage);

/// <summary>What is to be done once a decision is in the journal.</summary>
public interface ICgroupEffect;

internal sealed record MakeCgroup(int Run, string Path, ResourceLimits Limits, bool AllDevices) : ICgroupEffect;

internal sealed record RemoveCgroup(int Run, string Path) : ICgroupEffect;

internal sealed record WatchOom(int Run, string Path) : ICgroupEffect;

/// <summary>Answered by <see cref="CgroupFreezeDone"/> or <see cref="CgroupFreezeFailed"/>.</summary>
internal sealed record SetFrozen(int Run, string Path, bool Frozen) : ICgroupEffect;

internal sealed record TellContainer(object Message) : ICgroupEffect;
