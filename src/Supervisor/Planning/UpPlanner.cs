using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;
using Devoxx.Supervisor.Control;

namespace Devoxx.Supervisor.Planning;

/// <summary>From what is wanted and what there is to what is to be done. Pure: ids come from the caller.</summary>
/// <param name="project">What is wanted.</param>
/// <param name="wish">How.</param>
/// <param name="images">What the services run, by <see cref="ServiceImages.Of"/>.</param>
/// <param name="observation">What there is.</param>
/// <param name="stateRoot">Where volumes are.</param>
/// <param name="newId">Gives a new id of 64 hexadecimal digits.</param>
/// <param name="before">What was wanted until now, asked for only when a container is not as it is wanted; null: nobody knows.</param>
public sealed partial class UpPlanner(
    Project project, UpWish wish, ImmutableDictionary<WantedImage, PlannedImage> images, Observation observation, StateRoot stateRoot, Func<string> newId,
    Func<Project?>? before = null)
{
    private readonly PlanBuilder plan = new(wish.OneOff is null ? StartedBy.Up : StartedBy.User);
    private readonly ServiceGraph graph = ServiceGraph.Of(project);
    private readonly Dictionary<string, int> volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<int>> starts = new(StringComparer.Ordinal);

    private Project? Before => field ??= before?.Invoke();

    public Plan Make()
    {
        var wanted = Selected();
        MakeWayForChangedNetworks(wanted);
        MakeWayForChangedVolumes(wanted);
        StopFollowers(wanted);
        foreach (var service in wanted)
        {
            PlanService(service, project.Services[service]);
        }

        if (wish.OneOff is { } one)
        {
            PlanOneOff(one);
        }

        AwaitReady(wanted);
        RefuseTakenNames(wanted);
        Orphans();
        return plan.Build();
    }

    /// <summary>Services that a plan for this wish is about, dependencies first. Unknown ones are left out.</summary>
    public static ImmutableArray<string> Selected(Project project, UpWish wish)
    {
        if (wish.OneOff is { } one)
        {
            return wish.NoDeps ? [] : ServiceGraph.Of(project).InOrder([one.Service]).Remove(one.Service);
        }

        var named = wish.Services.IsDefaultOrEmpty ? project.Services.Keys : wish.Services.Where(project.Services.ContainsKey);
        return wish.NoDeps ? [.. named.Order(StringComparer.Ordinal)] : ServiceGraph.Of(project).InOrder(named);
    }

    /// <summary>Services whose images the plan must know.</summary>
    public static ImmutableArray<string> Imaged(Project project, UpWish wish)
    {
        var selected = Selected(project, wish);
        return wish.OneOff is { } one && project.Services.ContainsKey(one.Service) ? selected.Add(one.Service) : selected;
    }

    private ImmutableArray<string> Selected()
    {
        foreach (var unknown in (wish.Services.IsDefault ? [] : wish.Services).Concat(wish.Scale.Keys).Where(s => !project.Services.ContainsKey(s)))
        {
            plan.Errors.Add($"no such service: {unknown}");
        }

        return Selected(project, wish);
    }

    private void PlanService(string serviceName, Service service)
    {
        var replicas = wish.Scale.TryGetValue(serviceName, out var scaled) ? scaled : service.Replicas;
        if (service.ContainerName is { } name && replicas > 1)
        {
            plan.Errors.Add($"service {serviceName}: container_name {name} can be had by one container only, and {replicas} replicas are asked for; remove container_name or scale to 1");
            return;
        }

        if (service.ContainerName is { } own && ResourceName.Refusal(own) is { } wrong)
        {
            plan.Errors.Add($"service {serviceName}: container_name {own}: {wrong}");
            return;
        }

        if (ServiceImages.Of(project, serviceName) is not { } wanted || !images.TryGetValue(wanted, out var image))
        {
            plan.Errors.Add($"service {serviceName} has neither `image:` nor `build:`");
            return;
        }

        var hash = ServiceHash.Of(service);
        var mounts = EnsureVolumes(service).AddRange(EnsureNetworks(serviceName, service));
        var ofService = observation.Of(serviceName);
        var kept = Keep(ofService, replicas, hash, image.Id, PolicyFor(serviceName));
        var needs = NeedsOf(serviceName, service);
        var started = ImmutableArray.CreateBuilder<int>();

        foreach (var surplus in ofService.Except(kept.Keys).Except(LeftBehind(ofService, kept)))
        {
            Discard(surplus, $"service {serviceName} has {replicas} replica{(replicas == 1 ? "" : "s")} now");
        }

        foreach (var (existing, because) in kept.OrderBy(k => k.Key.Spec.Number))
        {
            if (because is null)
            {
                Reuse(serviceName, service, existing, needs, started);
            }
            else if (!IsUpdatedInBatches(service, existing))
            {
                var discarded = Discard(existing, because);
                Make(serviceName, service, existing.Spec.Number, image, hash, mounts, because, discarded, needs, started, existing);
            }
        }

        if (service.Deploy?.UpdateConfig is { } update && !wish.NoStart)
        {
            Update(new ServiceUpdate(serviceName, service, update, image, hash, mounts, needs), kept, LeftBehind(ofService, kept), started);
        }

        foreach (var number in FreeNumbers(kept.Keys, replicas))
        {
            Make(serviceName, service, number, image, hash, mounts, "there is none yet", null, needs, started, null);
        }

        starts[serviceName] = started.ToImmutable();
    }

    /// <summary>Which containers stay in their place, and why each of them is to be made anew (null: it is as wanted). Stale ones go first.</summary>
    private ImmutableDictionary<ObservedContainer, string?> Keep(
        ImmutableArray<ObservedContainer> all, int replicas, string hash, string imageId, RecreatePolicy policy) =>
        all.Select(c => (Container: c, Because: Divergence(c, hash, imageId, policy)))
            .OrderBy(c => c.Because is not null).ThenBy(c => c.Container.Spec.Number).ThenBy(c => !c.Container.IsActive)
            .DistinctBy(c => c.Container.Spec.Number)
            .Take(replicas)
            .ToImmutableDictionary(c => c.Container, c => c.Because);

    private string? Divergence(ObservedContainer container, string hash, string imageId, RecreatePolicy policy) => policy switch
    {
        _ when container.Phase == ContainerPhase.Removing => "it is half removed",
        _ when UsesChangedNetwork(container) is { } network => $"its network {network} has changed",
        _ when FollowsItsDonor(container) is { } because => because,
        _ when UsesChangedVolume(container) is { } volume => $"its volume {volume} has changed",
        RecreatePolicy.Never => null,
        RecreatePolicy.Always => "--force-recreate",
        _ when container.Spec.ConfigHash != hash => ServiceChanges.Cause(Before, project, container.Spec),
        _ when container.Spec.ImageId != imageId => $"its image {container.Spec.Image} has changed",
        _ => null,
    };

    private static IEnumerable<int> FreeNumbers(IEnumerable<ObservedContainer> kept, int replicas)
    {
        var taken = kept.Select(c => c.Spec.Number).ToHashSet();
        return Enumerable.Range(1, int.MaxValue - 1).Where(n => !taken.Contains(n)).Take(Math.Max(0, replicas - taken.Count));
    }

    private void Reuse(string serviceName, Service service, ObservedContainer existing, StartNeeds needs, ImmutableArray<int>.Builder started)
    {
        GiveNameBack(serviceName, service, existing);
        if (followers.TryGetValue(existing.Id, out var follower))
        {
            started.Add(plan.Start(existing.Spec, follower.Cause, [follower.Stop, .. needs.After], needs.Settled, needs.When, by: StartedBy.Dependency));
        }
        else if (existing.IsUp || wish.NoStart)
        {
            plan.Unchanged.Add(existing.Name);
        }
        else
        {
            started.Add(plan.Start(existing.Spec, $"it is {InWords.Phase(existing.IsBeingStopped ? ContainerPhase.Stopping : existing.Phase)}", needs.After, needs.Settled, needs.When, wish.NoDeps));
        }
    }

    private int Discard(ObservedContainer container, string because)
    {
        if (discarded.TryGetValue(container.Id, out var already))
        {
            return already;
        }

        int[] stop = container.IsActive ? [plan.Stop(container.Spec, because, wish.StopGrace, FollowersOf(container.Spec.Service))] : [];
        return discarded[container.Id] = plan.Remove(container.Spec, because, stop);
    }

    private void Make(
        string serviceName, Service service, int number, PlannedImage image, string hash, ImmutableArray<int> mounts, string because, int? discarded,
        StartNeeds needs, ImmutableArray<int>.Builder started, ObservedContainer? replaced, Func<ContainerSpec, ContainerSpec>? adjust = null)
    {
        if (SpecOf(serviceName, service, number, image, hash, replaced, adjust) is not { } spec)
        {
            return;
        }

        if (replaced is not null)
        {
            renewed.Add(spec.Name);
        }

        var created = plan.Create(spec, because, discarded is { } d ? [d, .. mounts] : mounts);
        if (!wish.NoStart)
        {
            started.Add(plan.Start(spec, because, [created, .. needs.After], needs.Settled, needs.When, wish.NoDeps));
        }
    }

    /// <summary>Null: it cannot be made, and the plan says why.</summary>
    private ContainerSpec? SpecOf(string serviceName, Service service, int number, PlannedImage image, string hash, ObservedContainer? replaced, Func<ContainerSpec, ContainerSpec>? adjust = null)
    {
        var inherited = replaced is null || wish.RenewAnonymousVolumes ? [] : replaced.Spec.Mounts.Where(m => m is { Anonymous: true, From: null }).ToImmutableArray();
        try
        {
            RequireDonors(service);
            var spec = ContainerSpecs.Make(project, serviceName, service, number, image, hash, newId, inherited, Given(service));
            spec = spec with { Networking = AsTheNetworksAre(spec.Networking) };
            return adjust is null ? spec : adjust(spec);
        }
        catch (FormatException e)
        {
            plan.Errors.Add($"service {serviceName}: {e.Message}");
            return null;
        }
    }

    /// <summary>Operations that the service's volumes need first.</summary>
    private ImmutableArray<int> EnsureVolumes(Service service)
    {
        var result = ImmutableArray.CreateBuilder<int>();
        foreach (var key in service.Volumes.Where(v => v.Type == "volume").Select(v => v.Source).OfType<string>().Distinct())
        {
            if (!project.Volumes.TryGetValue(key, out var volume))
            {
                continue;
            }

            var name = VolumeSpecs.NameOf(project, key);
            if (volume.External)
            {
                if (!observation.Volumes.Contains(name))
                {
                    plan.Errors.Add($"volume {name} is external, so it must be there already, and it is not; `devoxx-compose volume create {name}` makes it");
                }
            }
            else if (VolumeSpecs.Refusal(name, volume) is { } refusal)
            {
                plan.Errors.Add($"volume {name}: {refusal}");
            }
            else if (volumes.TryGetValue(name, out var already))
            {
                result.Add(already);
            }
            else if (!observation.Volumes.Contains(name))
            {
                result.Add(volumes[name] = plan.CreateVolume(VolumeSpecs.Of(project, key, stateRoot), "there is none yet"));
            }
        }

        return result.ToImmutable();
    }

    private void RefuseTakenNames(ImmutableArray<string> wanted)
    {
        foreach (var group in wanted.Where(s => project.Services[s].ContainerName is not null).GroupBy(s => project.Services[s].ContainerName!).Where(g => g.Count() > 1))
        {
            plan.Errors.Add($"container_name {group.Key} is asked for by services {string.Join(" and ", group)}; a name can be had once");
        }
    }

    /// <summary>As in the reference, what <c>run</c> has left behind counts once it has ended.</summary>
    private bool IsOrphan(ObservedContainer container) => container.Spec.IsOneOff
        ? container.Phase == ContainerPhase.Exited && !container.Spec.AutoRemove
        : !project.Services.ContainsKey(container.Spec.Service) && !project.DisabledServices.ContainsKey(container.Spec.Service);

    private void Orphans()
    {
        var orphans = observation.Containers.Where(IsOrphan).ToImmutableArray();
        foreach (var orphan in wish.RemoveOrphans ? orphans : [])
        {
            Discard(orphan, orphan.Spec.IsOneOff ? "it was made by run and has ended" : $"service {orphan.Spec.Service} is not in the stack file any more");
        }

        if (!wish.RemoveOrphans && orphans.Length > 0)
        {
            plan.Warnings.Add(
                $"found orphan containers ({string.Join(", ", orphans.Select(o => o.Name))}) for this project: their services are not in the stack file, or `run` has left them; `--remove-orphans` removes them");
        }
    }
}
