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
        var name = NameOf(project, key);
        return new VolumeSpec(
            name,
            volume.DriverOpts.IsEmpty ? VolumeKind.Named : VolumeKind.Typed,
            $"{root.VolumesDirectory}/{name}/_data",
            volume.DriverOpts,
            volume.Labels.SetItem("com.docker.compose.project", project.Name).SetItem("com.docker.compose.volume", key),
            project.Name);
    }

    /// <summary>Why the volume cannot be had; null: it can.</summary>
    public static string? Refusal(Volume volume)
    {
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
