using Akka.Actor;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Networks;

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

        find.ReplyTo.Tell(new DonorFound(find.Run, null, null, $"there is no container {find.Container}, whose network is to be shared"));
    }
}

internal sealed partial class ProjectActor
{
    private void TellDonor(FindDonorHere find)
    {
        var state = containers.GetValueOrDefault(find.ContainerId);
        find.Question.ReplyTo.Tell(state is { Process: { } process, Phase: ContainerPhase.Running or ContainerPhase.Stopping }
            ? new DonorFound(find.Question.Run, find.ContainerId, process, null)
            : new DonorFound(
                find.Question.Run, find.ContainerId, null,
                $"container {state?.Spec?.Name ?? find.Question.Container}, whose network is to be shared, is {(state is null ? "gone" : InWords.Phase(state.Phase))}; start it first"));
    }
}
