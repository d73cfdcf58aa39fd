using Devoxx.Supervisor.Foretelling;

namespace Devoxx.Supervisor.Projects;

/// <summary>What a request would do, told instead of done.</summary>
internal sealed partial class ProjectActor
{
    private void Foretell(ProjectRequest request)
    {
        foreach (var line in ForetoldProject.Of(request, environment.Images.Find, Observe(), environment.Root, Defined, environment.Now))
        {
            request.Output.TryWrite(line);
        }

        request.Output.TryComplete();
    }
}
