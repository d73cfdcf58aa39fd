using System.Collections.Immutable;
using Devoxx.Compose;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Planning;

/// <summary>From a service's volumes and tmpfs, and the volumes its image declares, to a container's mounts. Pure.</summary>
internal static class ServiceMounts
{
    /// <param name="inherited">Anonymous volumes of the container that this one replaces, by target.</param>
    /// <param name="given">What others give by <c>volumes_from</c>: what the service says itself goes before it, and what the image declares comes after it.</param>
    /// <exception cref="FormatException">A kind of mount that cannot be honoured.</exception>
    public static ImmutableArray<MountSpec> Of(
        Project project, Service service, ImageConfig image, Func<string> newId, ImmutableArray<MountSpec> inherited, ImmutableArray<MountSpec> given)
    {
        var mounts = ImmutableArray.CreateBuilder<MountSpec>();
        foreach (var volume in service.Volumes)
        {
            mounts.Add(Mount(project, volume, newId, inherited));
        }

        foreach (var text in service.Tmpfs)
        {
            mounts.Add(Tmpfs(text));
        }

        // Of several donors with a mount at the same place the last counts, as in docker.
        mounts.AddRange(given.Reverse().DistinctBy(g => g.Target).Reverse().Where(g => mounts.All(m => m.Target != g.Target)));
        foreach (var target in (image.Volumes?.Keys ?? []).Select(Normalise).Where(t => mounts.All(m => m.Target != t)))
        {
            mounts.Add(Anonymous(target, newId, inherited));
        }

        return mounts.ToImmutable();
    }

    private static MountSpec Mount(Project project, ServiceVolume volume, Func<string> newId, ImmutableArray<MountSpec> inherited)
    {
        var target = Normalise(volume.Target ?? throw new FormatException("a volume has no target"));
        switch (volume.Type)
        {
            case "volume" when string.IsNullOrEmpty(volume.Source):
                return Anonymous(target, newId, inherited) with
                {
                    ReadOnly = volume.ReadOnly,
                    NoCopy = volume.Volume?.Nocopy ?? false,
                };
            case "volume":
                return new MountSpec(
                    MountKind.Volume,
                    VolumeSpecs.NameOf(project, volume.Source!),
                    target,
                    volume.ReadOnly,
                    volume.Bind?.Propagation,
                    NoCopy: volume.Volume?.Nocopy ?? false,
                    Subpath: Subpath(volume.Volume?.Subpath));
            case "bind":
                return new MountSpec(
                    MountKind.Bind,
                    volume.Source ?? throw new FormatException($"the bind mount on {target} has no source"),
                    target,
                    volume.ReadOnly,
                    Propagation(volume),
                    volume.Bind?.CreateHostPath ?? true,
                    Recursive: Recursive(volume));
            case "tmpfs":
                return new MountSpec(
                    MountKind.Tmpfs, "", target, volume.ReadOnly, TmpfsSize: volume.Tmpfs?.Size, TmpfsMode: (int?)volume.Tmpfs?.Mode);
            default:
                throw new FormatException(volume.Type switch
                {
                    "image" => $"the image {volume.Source} cannot be mounted on {target}: volumes of type image are not supported; copy what is needed into a volume",
                    "npipe" => $"a volume of type npipe (on {target}) is for Windows",
                    "cluster" => $"a volume of type cluster (on {target}) is for Swarm; there is one machine only",
                    _ => $"a volume of type {volume.Type} (on {target}) is not known; it is volume, bind or tmpfs",
                });
        }
    }

    private static string? Recursive(ServiceVolume volume) => volume.Bind?.Recursive switch
    {
        null or "" or "enabled" => null,
        "disabled" or "writable" => volume.Bind.Recursive,
        "readonly" when volume is { ReadOnly: true, Bind.Propagation: null or "" or "rprivate" } => "readonly",
        "readonly" => throw new FormatException($"bind.recursive: readonly on {volume.Target} needs `read_only: true` and no propagation but rprivate"),
        var other => throw new FormatException($"bind.recursive: {other} is not known; it is enabled, disabled, writable or readonly"),
    };

    private static string? Propagation(ServiceVolume volume) => volume.Bind?.Propagation switch
    {
        null or "" => null,
        "private" or "rprivate" or "shared" or "rshared" or "slave" or "rslave" => volume.Bind.Propagation,
        var other => throw new FormatException($"propagation {other} is not known; it is private, rprivate, shared, rshared, slave or rslave"),
    };

    private static MountSpec Anonymous(string target, Func<string> newId, ImmutableArray<MountSpec> inherited) =>
        new(MountKind.Volume, inherited.FirstOrDefault(m => m.Target == target)?.Source ?? newId(), target, Anonymous: true);

    /// <summary>The short form: <c>/run:size=64m,mode=1777</c>.</summary>
    private static MountSpec Tmpfs(string text)
    {
        var parts = text.Split(':', 2);
        return new MountSpec(
            MountKind.Tmpfs, "", Normalise(parts[0]),
            TmpfsOptions: parts.Length == 1 ? [] : [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static string? Subpath(string? subpath) =>
        string.IsNullOrEmpty(subpath) ? null
        : subpath.StartsWith('/') || subpath.Split('/').Contains("..") ? throw new FormatException($"subpath {subpath} must stay below the volume")
        : subpath;

    private static string Normalise(string target)
    {
        if (!target.StartsWith('/'))
        {
            throw new FormatException($"the target {target} must be an absolute path");
        }

        return target.Length > 1 ? target.TrimEnd('/') : throw new FormatException("nothing can be mounted on / in a container");
    }
}
