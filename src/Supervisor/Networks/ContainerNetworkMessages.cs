using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Networks;

/// <summary>What a container tells its network side, and what comes of it.</summary>
internal interface IContainerNetworkCommand;

/// <summary>A run is about to begin; answered by <see cref="ContainerNetworkReady"/> or <see cref="ContainerNetworkFailed"/>.</summary>
internal sealed record PrepareContainerNetwork(int Run, ContainerSpec Spec) : IContainerNetworkCommand;

/// <summary>The command runs: from here on its namespace lives by itself.</summary>
/// <param name="Connections">What the run has been given; null: an earlier supervisor was killed before it noted that.</param>
internal sealed record ContainerNetworkInUse(int Run, ContainerSpec Spec, RunningProcess Process, ContainerConnections? Connections) : IContainerNetworkCommand;

/// <summary>The run has ended; answered by <see cref="ContainerNetworkReleased"/>.</summary>
internal sealed record ReleaseContainerNetwork(int Run, ContainerSpec Spec) : IContainerNetworkCommand;

/// <summary>The container goes: its addresses are free.</summary>
internal sealed record ForgetContainerNetwork(ContainerSpec Spec) : IContainerNetworkCommand;

/// <summary>Sent up.</summary>
internal interface IContainerNetworkAnswer
{
    int Run { get; }
}

internal sealed record ContainerNetworkReady(int Run, ContainerNetwork Network) : IContainerNetworkAnswer;

internal sealed record ContainerNetworkFailed(int Run, string Error) : IContainerNetworkAnswer;

internal sealed record ContainerNetworkReleased(int Run, string? Error) : IContainerNetworkAnswer;

/// <summary>What a run has been given.</summary>
/// <param name="NamespacePath">The namespace that the container enters; null: a new one with nothing but loopback, or the host's.</param>
/// <param name="Attachments">In the order of its interfaces.</param>
/// <param name="DonorId">The container whose namespace it shares; null: none.</param>
/// <param name="Reservation">Its host ports.</param>
internal sealed record ContainerNetwork(
    string? NamespacePath, ImmutableArray<Attachment> Attachments, PortReservation Reservation, string? DonorId = null)
{
    public static ContainerNetwork None { get; } = new(null, [], PortReservation.None);

    /// <summary>Null when there is nothing to tell.</summary>
    public ContainerConnections? Connections => Attachments.IsEmpty ? null : new ContainerConnections(
        [.. Attachments.Select(a => new ContainerConnection(
            a.Network.Name, a.Lease.Interface, a.Lease.Ipv4, a.Lease.Ipv6, a.Lease.Mac, a.Network.Internal ? null : (a.Network.Subnet4 ?? a.Network.Subnet6)?.Gateway))],
        Reservation.Ports);
}

/// <summary>One network that a container is on.</summary>
internal sealed record Attachment(NetworkSpec Network, Lease Lease);
