using Devoxx.Images;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Networks;

namespace Devoxx.Supervisor.Actors;

/// <summary>What every actor of one supervisor shares: where it keeps things, what it does kernel work with, what time it is.</summary>
/// <param name="Root">The state root.</param>
/// <param name="RuntimePath">The <c>devoxx-runtime</c> executable.</param>
/// <param name="Kernel">Where blocking work runs.</param>
/// <param name="Reactor">What tells that a descriptor is readable.</param>
/// <param name="Cgroups">What kind of cgroups this host has.</param>
/// <param name="Images">The image store.</param>
/// <param name="Clock">The time.</param>
internal sealed record SupervisorEnvironment(
    StateRoot Root,
    string RuntimePath,
    KernelThreads Kernel,
    Reactor Reactor,
    CgroupHost Cgroups,
    ImageStore Images,
    TimeProvider Clock)
{
    /// <summary>What monitors are started by: a copy of <see cref="RuntimePath"/> that no container can write to, so that each need not make its own.</summary>
    public string RuntimeStart { get; init; } = RuntimePath;

    /// <summary>Links, rules and switches of the host that networks share.</summary>
    public HostNetworking Networking { get; } = new(Root);

    public DateTimeOffset Now => Clock.GetUtcNow();
}
