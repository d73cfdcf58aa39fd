using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>One entry of <c>volumes_from</c>: whose mounts a container has beside its own.</summary>
/// <param name="Name">Of a service, or with <paramref name="IsContainer"/> a container's name or id.</param>
internal sealed record VolumeDonor(string Name, bool IsContainer, bool ReadOnly)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static VolumeDonor Parse(string text)
    {
        var parts = text.Split(':');
        var isContainer = parts.Length > 1 && parts[0] == "container";
        var rest = isContainer ? parts[1..] : parts;
        return rest is [{ Length: > 0 } name, .. { Length: <= 1 } mode] && mode is [] or ["" or "rw" or "ro" or "z" or "Z"]
            ? new VolumeDonor(rest[0], isContainer, rest is [_, "ro"])
            : throw new FormatException($"volumes_from: {text} is neither SERVICE[:ro|rw] nor container:NAME[:ro|rw]");
    }
}

/// <summary>What <c>volumes_from</c> gives to a container. Pure.</summary>
internal static class VolumeDonors
{
    public static IEnumerable<VolumeDonor> Of(Service service) => service.VolumesFrom.Select(VolumeDonor.Parse);

    /// <summary>Containers that may be of another project: a plan has to be told of them.</summary>
    public static ImmutableArray<string> Foreign(Project project, IEnumerable<string> services) =>
        [.. services.Where(project.Services.ContainsKey).SelectMany(s => project.Services[s].VolumesFrom)
            .Where(v => v.StartsWith("container:", StringComparison.Ordinal) && v.Length > "container:".Length)
            .Select(v => v.Split(':')[1]).Distinct()];

    /// <summary>All but memory, which nobody can share; what the donor has from others too. Not writable where the donor itself may not write.</summary>
    public static IEnumerable<MountSpec> Given(ContainerSpec donor, bool readOnly) => donor.Mounts.Where(m => m.Kind != MountKind.Tmpfs)
        .Select(m => m with { ReadOnly = m.ReadOnly || readOnly, NoCopy = true, From = donor.Name });
}
