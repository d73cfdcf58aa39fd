using Akka.Actor;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Projects;

/// <summary>Asks for the container of this name or id, of whatever project, because another shares something with it; answered by <see cref="DonorFound"/>.</summary>
/// <param name="Run">Comes back with the answer.</param>
/// <param name="What">What is shared, for people.</param>
internal sealed record FindDonor(string Container, int Run, IActorRef ReplyTo, string What = "network");

/// <param name="Asked">As the question called it.</param>
/// <param name="ContainerId">Null: there is none.</param>
/// <param name="Process">Null: it does not run, and <paramref name="Error"/> says why.</param>
internal sealed record DonorFound(int Run, string Asked, string? ContainerId, ContainerSpec? Spec, RunningProcess? Process, string? Error);
