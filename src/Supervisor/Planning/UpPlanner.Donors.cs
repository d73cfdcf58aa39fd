using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Where a plan is about containers that have something of another's: mounts, a network, a namespace.</summary>
public sealed partial class UpPlanner
{
    /// <summary>Why a container is to be made anew because of whom it shares something with; null: nothing of that kind.</summary>
    private string? FollowsItsDonor(ObservedContainer container)
    {
        if (container.Spec.Networking?.SharedWith is { } network && renewed.Contains(network))
        {
            return $"{network}, whose network it shares, is made anew";
        }

        if (container.Spec.Namespaces?.Donors.FirstOrDefault(renewed.Contains) is { } donor)
        {
            return $"{donor}, whose namespaces it shares, is made anew";
        }

        if (container.Spec.Mounts.Select(m => m.From).OfType<string>().FirstOrDefault(renewed.Contains) is { } volumes)
        {
            return $"{volumes}, whose volumes it has, is made anew";
        }

        // The donor may have been made anew by an earlier `up` that was not about this one.
        return project.Services.TryGetValue(container.Spec.Service, out var service) && Donated(service) is { } given
            && (container.Spec.Mounts.FirstOrDefault(m => m.From is not null && !given.Any(g => IsSame(g, m)))
                ?? given.FirstOrDefault(g => container.Spec.Mounts.All(m => m.Target != g.Target))) is { } other
            ? $"{other.From}, whose volumes it has, has others now"
            : null;

        static bool IsSame(MountSpec one, MountSpec other) => (one.From, one.Source, one.Target) == (other.From, other.Source, other.Target);
    }

    /// <summary>What the donors of <c>volumes_from</c> have; null: one of them is not there, or cannot be understood.</summary>
    private ImmutableArray<MountSpec>? Donated(Service service)
    {
        try
        {
            return Given(service);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <exception cref="FormatException">A donor is not there.</exception>
    private ImmutableArray<MountSpec> Given(Service service) =>
    [
        .. VolumeDonors.Of(service).SelectMany(donor => VolumeDonors.Given(
            (donor.IsContainer ? ContainerNamed(donor.Name) : FirstOf(donor.Name))
                ?? throw new FormatException(donor.IsContainer
                    ? $"volumes_from: there is no container {donor.Name}"
                    : $"volumes_from: service {donor.Name} has no container; {Start(donor.Name)}"),
            donor.ReadOnly)),
    ];

    /// <summary>A service that shares with another that has no container cannot be made.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    private void RequireDonors(Service service)
    {
        foreach (var (key, mode) in new[] { ("network_mode", service.NetworkMode), ("ipc", service.Ipc), ("pid", service.Pid) })
        {
            if (mode?.StartsWith("service:", StringComparison.Ordinal) == true && mode["service:".Length..] is var name && FirstOf(name) is null)
            {
                throw new FormatException($"{key}: service {name} has no container; {Start(name)}");
            }
        }
    }

    private string Start(string service) => wish.NoDeps ? $"leave out --no-deps, or say `up {service}` first" : "it is scaled to none";

    /// <summary>As it is to be: what this plan makes goes before what is there.</summary>
    private ContainerSpec? FirstOf(string service) =>
        Made().Where(m => m.Service == service && !m.IsOneOff).MinBy(m => m.Number)
        ?? observation.Of(service).FirstOrDefault(c => !discarded.ContainsKey(c.Id))?.Spec;

    private ContainerSpec? ContainerNamed(string nameOrId) =>
        Made().FirstOrDefault(m => m.Name == nameOrId)
        ?? observation.Containers.FirstOrDefault(c => !discarded.ContainsKey(c.Id) && (c.Name == nameOrId || nameOrId.Length >= 12 && c.Id.StartsWith(nameOrId, StringComparison.Ordinal)))?.Spec
        ?? observation.Foreign.GetValueOrDefault(nameOrId);

    private IEnumerable<ContainerSpec> Made() => plan.Operations.Select(o => o.Container).OfType<ContainerSpec>();
}
