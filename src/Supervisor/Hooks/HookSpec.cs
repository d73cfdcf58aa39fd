using System.Collections.Immutable;

namespace Devoxx.Supervisor.Hooks;

/// <summary>A command that is run in a container beside its own: <c>post_start</c>, <c>pre_stop</c>.</summary>
/// <param name="User">Null: the container's.</param>
/// <param name="WorkingDirectory">Null: the container's.</param>
/// <param name="Environment"><c>NAME=value</c>, over the container's; null: none.</param>
public sealed record HookSpec(
    ImmutableArray<string> Command,
    string? User = null,
    bool Privileged = false,
    string? WorkingDirectory = null,
    ImmutableArray<string>? Environment = null);

public enum HookStage
{
    /// <summary>When the command runs; the start is over when they are.</summary>
    PostStart,

    /// <summary>Before somebody's stop sends its signal.</summary>
    PreStop,
}

/// <summary>How a hook ended.</summary>
/// <param name="ExitCode">Null: it could not be run, or nobody saw it end.</param>
/// <param name="TimedOut">It was killed because it took too long.</param>
/// <param name="Error">Why it could not be run; null: it was.</param>
/// <param name="LastLines">The end of what it wrote, oldest first.</param>
public sealed record HookResult(int? ExitCode, bool TimedOut, string? Error, ImmutableArray<string> LastLines)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;
}
