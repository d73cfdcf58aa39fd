using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>Of the project that the container belongs to.</summary>
internal sealed record FindDonorHere(string ContainerId, FindDonor Question);

/// <summary>A run of it has begun, or goes on: whoever shares its network is to be in the namespace of this run.</summary>
internal sealed record DonorRuns(string ContainerId, string Name, RunningProcess Process)
{
    /// <summary>Whether <c>network_mode</c> means it by this name or id.</summary>
    public bool IsMeantBy(string donor) => donor == Name || (donor.Length >= 12 && ContainerId.StartsWith(donor, StringComparison.Ordinal));
}

/// <summary>Finds a container of whatever project by name or id, for one that shares something of it.</summary>
internal sealed partial class ProjectsActor
{
    private void Find(FindDonor find)
    {
        foreach (var (project, summary) in summaries)
        {
            var id = summary.Names.GetValueOrDefault(find.Container)
                ?? summary.ContainerIds.FirstOrDefault(c => find.Container.Length >= 12 && c.StartsWith(find.Container, StringComparison.Ordinal));
            if (id is not null)
            {
                Child(project).Tell(new FindDonorHere(id, find));
                return;
            }
        }

        find.ReplyTo.Tell(new DonorFound(find.Run, find.Container, null, null, null, $"there is no container {find.Container}, whose {find.What} is to be shared"));
    }

    private void TellSharers(DonorRuns runs)
    {
        foreach (var (project, _) in summaries.Where(s => s.Value.Donors.Any(runs.IsMeantBy)))
        {
            Child(project).Tell(runs);
        }
    }
}

/// <summary>
/// A container that shares the network of another is in the namespace of one run of that. When another run of it has begun, by whatever cause, the old
/// namespace has no interfaces any more: the sharer is started again. The kernel knows whether that is so, thus nothing of it is in the journal but the restart.
/// </summary>
internal sealed partial class ProjectActor
{
    /// <summary>What is known of containers that the file of the request being served names; null: not yet answered.</summary>
    private readonly Dictionary<string, DonorFound?> donors = new(StringComparer.Ordinal);

    private void AskForDonors(UpProject up)
    {
        foreach (var container in VolumeDonors.Foreign(up.Project, UpPlanner.Imaged(up.Project, up.Wish)))
        {
            donors[container] = null;
            Context.Parent.Tell(new FindDonor(container, 0, Self, "volumes"));
        }
    }

    private void TellDonor(FindDonorHere find)
    {
        var state = containers.GetValueOrDefault(find.ContainerId);
        var (run, asked) = (find.Question.Run, find.Question.Container);
        find.Question.ReplyTo.Tell(state is { Process: { } process, Phase: ContainerPhase.Running or ContainerPhase.Stopping }
            ? new DonorFound(run, asked, find.ContainerId, state.Spec, process, null)
            : new DonorFound(
                run, asked, find.ContainerId, state?.Spec, null,
                $"container {state?.Spec?.Name ?? asked}, whose {find.Question.What} is to be shared, is {(state is null ? "gone" : InWords.Phase(state.Phase))}; start it first"));
    }

    /// <summary>A run has begun, or was adopted: it may be somebody's donor, and its own donor may have been started again meanwhile.</summary>
    private void LookAtSharing(ContainerState? before, ContainerState now)
    {
        if (now is not { Phase: ContainerPhase.Running, Process: { } process, Spec: { } spec } || before is { Phase: ContainerPhase.Running } && before.Process == process)
        {
            return;
        }

        Context.Parent.Tell(new DonorRuns(spec.Id, spec.Name, process));
        if (spec.Networking?.SharedWith is { } donor)
        {
            Context.Parent.Tell(new FindDonor(donor, now.Run, Self));
        }
    }

    private void FollowDonor(DonorRuns donor)
    {
        foreach (var sharer in containers.Values
            .Where(c => c is { Phase: ContainerPhase.Running, Process: not null, Spec: { IsOneOff: false, Networking.SharedWith: { } with } } && donor.IsMeantBy(with))
            .Where(c => SharedNamespace.IsLost(c.Process!, donor.Process)).ToList())
        {
            Child(sharer.Spec!.Id).Tell(new FollowDependency($"{donor.Name}, whose network it shares, has been started again"));
        }
    }

    private IEnumerable<string> Donors() =>
        containers.Values.Where(c => c.Phase == ContainerPhase.Running).Select(c => c.Spec?.Networking?.SharedWith).OfType<string>();
}
