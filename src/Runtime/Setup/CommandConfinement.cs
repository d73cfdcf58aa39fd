using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>What the container's configuration says of each of its processes, beside the process itself.</summary>
internal sealed record CommandConfinement(RuntimeSpec Spec, SecurityLabels? Labels, IReadOnlyList<Hook>? StartHooks = null)
{
    /// <summary>Names the file where <c>linux.seccomp</c>, compiled (an array of struct sock_filter), is kept; made when it is not there.</summary>
    public const string FilterAnnotation = "org.devoxx.seccomp-filter";

    public Personality? Personality => Spec.Linux?.Personality;

    public SeccompProgram? Filter { get; } = SeccompProgram.Of(Spec);

    /// <summary>The command ends when the thread that made it does (PR_SET_PDEATHSIG).</summary>
    public bool DiesWithParent { get; init; }

    /// <summary>Run the command under the built-in init.</summary>
    public bool UnderInit { get; init; }
}
