using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>The one container that <c>run</c> wants beside the replicas of its service.</summary>
/// <param name="Service">As the command line has changed it: its model in the plan's project is that of the container.</param>
/// <param name="Name">Of the container.</param>
/// <param name="AutoRemove"><c>--rm</c>.</param>
/// <param name="HoldOutput">Somebody is going to attach.</param>
/// <param name="UseAliases">It answers to the names of its service in its networks.</param>
public sealed record OneOffWish(string Service, string Name, bool AutoRemove = false, bool HoldOutput = false, bool UseAliases = false);

/// <summary>Where a plan is for <c>run</c>.</summary>
public sealed partial class UpPlanner
{
    private void PlanOneOff(OneOffWish one)
    {
        if (observation.Containers.Any(c => c.Name == one.Name))
        {
            plan.Errors.Add($"a container {one.Name} is there already; give another --name, or remove it");
        }
        else if (project.Services.TryGetValue(one.Service, out var service))
        {
            PlanOneOff(one, service);
        }
        else
        {
            plan.Errors.Add($"no such service: {one.Service}");
        }
    }

    private void PlanOneOff(OneOffWish one, Service service)
    {
        if (ServiceImages.Of(project, one.Service) is not { } wanted || !images.TryGetValue(wanted, out var image))
        {
            plan.Errors.Add($"service {one.Service} has neither `image:` nor `build:`");
            return;
        }

        Make(
            one.Service, service, 1, image, ServiceHash.Of(service), EnsureVolumes(service).AddRange(EnsureNetworks(one.Service, service)), "run", null, NeedsOf(one.Service, service),
            ImmutableArray.CreateBuilder<int>(), null, spec => OneOff(spec, one));
    }

    /// <summary>As the reference marks it; no policy starts it again.</summary>
    private static ContainerSpec OneOff(ContainerSpec spec, OneOffWish one) => spec with
    {
        Name = one.Name,
        Restart = Containers.RestartPolicy.No,
        AutoRemove = one.AutoRemove,
        HoldOutput = one.HoldOutput,
        // Who asks for the service is to find its replicas, and not this.
        Networking = one.UseAliases || spec.Networking is not { } networking ? spec.Networking
            : networking with { Endpoints = [.. networking.Endpoints.Select(e => e with { Aliases = [] })] },
        Labels = spec.Labels
            .SetItem("com.docker.compose.oneoff", "True")
            .SetItem("com.docker.compose.slug", spec.Id[..12])
            .SetItem("com.docker.compose.container-number", 1.ToString(CultureInfo.InvariantCulture)),
    };
}
