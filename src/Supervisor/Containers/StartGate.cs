using System.Collections.Immutable;

namespace Devoxx.Supervisor.Containers;

/// <summary>Whether what a container depends on lets it start.</summary>
public enum StartVerdict
{
    Open,

    /// <summary>Not yet: something will happen that decides it.</summary>
    Wait,

    /// <summary>Never, as things are.</summary>
    Fail,
}

/// <summary>What a container is told about its dependencies when it is to start, and again whenever that changes while it waits.</summary>
/// <param name="Reason">Of <see cref="StartVerdict.Wait"/> what for, <c>waiting for db to become healthy</c>; of <see cref="StartVerdict.Fail"/> why.</param>
/// <param name="Follows">By container id: the run, of each dependency whose restarts are to be followed, that this start is for.</param>
/// <param name="Ignored">What stands against it of dependencies that are not required.</param>
public sealed record StartGate(
    StartVerdict Verdict, string Reason = "", ImmutableSortedDictionary<string, int>? Follows = null, ImmutableArray<string> Ignored = default)
{
    public static StartGate Open { get; } = new(StartVerdict.Open);

    public static StartGate Wait(string reason) => new(StartVerdict.Wait, reason);

    public static StartGate Fail(string reason) => new(StartVerdict.Fail, reason);
}
