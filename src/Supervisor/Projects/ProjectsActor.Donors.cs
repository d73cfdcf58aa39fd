using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Planning;

namespace Devoxx.Supervisor.Projects;

/// <summary>Of the project that the container belongs to.</summary>
internal sealed record FindDonorHere(string ContainerId, FindDonor Question);

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
}

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
}
