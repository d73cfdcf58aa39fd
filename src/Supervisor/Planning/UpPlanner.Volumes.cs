using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>Where a plan is about volumes that are another way in the file than on this machine.</summary>
public sealed partial class UpPlanner
{
    private readonly HashSet<string> changedVolumes = new(StringComparer.Ordinal);

    /// <summary>A changed volume stays as it is, because its data would go; who says yes to that has it made anew, with all who use it.</summary>
    private void MakeWayForChangedVolumes(ImmutableArray<string> wanted)
    {
        var keys = wanted.SelectMany(s => project.Services[s].Volumes).Where(v => v.Type == "volume").Select(v => v.Source).OfType<string>();
        foreach (var key in keys.Distinct().Order(StringComparer.Ordinal).Where(k => project.Volumes.TryGetValue(k, out var volume) && !volume.External && VolumeSpecs.Refusal(VolumeSpecs.NameOf(project, k), volume) is null))
        {
            var wants = VolumeSpecs.Of(project, key, stateRoot);
            if (observation.VolumeSpecs.GetValueOrDefault(wants.Name) is not { } has || has.Project != project.Name || IsSame(has.Labels, wants.Labels) && IsSame(has.Options, wants.Options))
            {
                continue;
            }

            var users = observation.Containers.Where(c => UsesVolume(c, wants.Name)).ToImmutableArray();
            if (!wish.AssumeYes || users.Any(u => !wanted.Contains(u.Spec.Service)))
            {
                plan.Warnings.Add($"volume {wants.Name} has changed in the file, and stays as it is with its data; `up -y` of all services makes it anew, and its data is lost");
                continue;
            }

            changedVolumes.Add(wants.Name);
            var gone = users.Select(u => Discard(u, $"its volume {wants.Name} has changed")).ToImmutableArray();
            plan.RemoveVolume(wants.Name, "its configuration has changed", gone);
            volumes[wants.Name] = plan.Add(new Operation(0, OperationKind.CreateVolume, wants.Name, "its configuration has changed", [plan.Operations[^1].Id]) { Volume = wants });
        }
    }

    private string? UsesChangedVolume(ObservedContainer container) => changedVolumes.FirstOrDefault(name => UsesVolume(container, name));

    private static bool UsesVolume(ObservedContainer container, string name) =>
        container.Spec.Mounts.Any(m => m.Kind == MountKind.Volume && m.Source == name);

    private static bool IsSame(ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other) => one.SequenceEqual(other);
}
