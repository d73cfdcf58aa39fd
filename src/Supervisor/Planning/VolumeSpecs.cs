using Devoxx.Compose;
using Devoxx.Supervisor.Volumes;

namespace Devoxx.Supervisor.Planning;

/// <summary>From the file's volumes to ours. Pure.</summary>
internal static class VolumeSpecs
{
    /// <summary>The volume's name on this machine: its own, or <c>project_key</c>.</summary>
    public static string NameOf(Project project, string key) =>
        project.Volumes.TryGetValue(key, out var volume) && volume.Name is { Length: > 0 } name ? name
        : volume is { External: true } ? key
        : $"{project.Name}_{key}";

    public static VolumeSpec Of(Project project, string key, StateRoot root)
    {
        var volume = project.Volumes[key];
        var labels = volume.Labels.SetItem("com.docker.compose.project", project.Name).SetItem("com.docker.compose.volume", key);
        return Of(volume, NameOf(project, key), root) with { Labels = labels, Project = project.Name };
    }

    /// <summary>One that is no project's.</summary>
    public static VolumeSpec Of(Volume volume, string name, StateRoot root) => new(
        name,
        volume.DriverOpts.IsEmpty ? VolumeKind.Named : VolumeKind.Typed,
        $"{root.VolumesDirectory}/{name}/_data",
        volume.DriverOpts,
        volume.Labels);

    /// <summary>Why the volume cannot be had; null: it can.</summary>
    public static string? Refusal(string name, Volume volume)
    {
        if (ResourceName.Refusal(name) is { } wrongName)
        {
            return wrongName;
        }

        if (volume.Driver is not (null or "" or "local"))
        {
            return $"driver {volume.Driver} is not supported; local is";
        }

        foreach (var option in volume.DriverOpts.Keys)
        {
            if (option is not ("type" or "device" or "o"))
            {
                return $"driver_opts.{option} is not known to the local driver, which takes type, device and o";
            }
        }

        return volume.DriverOpts.IsEmpty || volume.DriverOpts.ContainsKey("type") || volume.DriverOpts.GetValueOrDefault("o", "").Contains("bind", StringComparison.Ordinal)
            ? null
            : "driver_opts has no type; say e.g. `type: none` with `o: bind`, or `type: tmpfs`";
    }
}
