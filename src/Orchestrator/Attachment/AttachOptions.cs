using Devoxx.Orchestrator.Rendering;

namespace Devoxx.Orchestrator.Attachment;

/// <summary>How <c>up</c> stays in the foreground.</summary>
/// <param name="Services">Those whose logs are shown.</param>
/// <param name="Watched">Those whose end is the end: at least those whose logs are shown.</param>
internal sealed record AttachOptions(IReadOnlyCollection<string> Services, IReadOnlyCollection<string> Watched, LogStyle Style, bool Timestamps)
{
    /// <summary><c>--abort-on-container-exit</c>: the first replica that ends for good ends all.</summary>
    public bool AbortOnExit { get; init; }

    /// <summary><c>--abort-on-container-failure</c>: the first that fails does, and its code is the command's.</summary>
    public bool AbortOnFailure { get; init; }

    /// <summary><c>--exit-code-from</c>: the command's code is this service's.</summary>
    public string? ExitCodeFrom { get; init; }

    /// <summary>Whether the end of this run ends everything.</summary>
    public bool Aborts(ReplicaExit exit) => !exit.Restarts && (AbortOnExit || (AbortOnFailure && exit.Code != 0));
}
