using System.Collections.Immutable;

namespace Devoxx.Native.Cgroups;

/// <summary>One mounted hierarchy and the controllers that are used on it.</summary>
internal sealed record Hierarchy(string MountPoint, bool IsUnified, ImmutableArray<Controller> Controllers)
{
    private const string SubtreeControl = "cgroup.subtree_control";

    public CgroupDirectory At(string path) => new(MountPoint + path);

    /// <summary>
    /// Whether a container with these limits has a cgroup here. The unified hierarchy is always used, for killing, freezing and
    /// telling when all is over; version 1 hierarchies cost about 60 µs each to make and remove, so those without a purpose are left out.
    /// </summary>
    public bool IsNeeded(CgroupLimits limits) => IsUnified || Controllers.Any(controller => controller.Always || controller.Concerns(limits));

    /// <summary>Makes the cgroup, and those above it that are missing; one that is there already will do.</summary>
    public CgroupDirectory Make(string path, CgroupLimits limits)
    {
        var directory = At(path);
        var status = directory.TryMake();
        if (status == -2 && path.LastIndexOf('/') is var slash and > 0) // ENOENT
        {
            Make(path[..slash], limits);
            status = directory.TryMake();
        }

        if (status is not (0 or -17)) // EEXIST
        {
            throw new LinuxException("mkdir", -status, directory.Path);
        }

        if (IsUnified)
        {
            EnableControllers(path, directory, limits);
        }
        else
        {
            var parent = At(path[..path.LastIndexOf('/')]);
            foreach (var controller in Controllers)
            {
                controller.Prepare(parent, directory);
            }
        }

        return directory;
    }

    /// <summary>
    /// On version 2 a cgroup has the controllers that its parent hands down. Missing ones are handed down from the root on, one by
    /// one: a single write with one unknown controller would enable none.
    /// </summary>
    private void EnableControllers(string path, CgroupDirectory directory, CgroupLimits limits)
    {
        var missing = Missing(directory, limits);
        if (missing.Count == 0)
        {
            return;
        }

        for (var end = 0; end >= 0; end = path.IndexOf('/', end + 1))
        {
            var above = At(path[..end]);
            foreach (var controller in missing)
            {
                // A controller that cannot be enabled is missed by the limit that needs it, and named there.
                _ = above.TryWrite(SubtreeControl, "+" + controller);
            }
        }
    }

    private List<string> Missing(CgroupDirectory directory, CgroupLimits limits)
    {
        if (Controllers.IsEmpty)
        {
            return [];
        }

        var there = (directory.TryRead("cgroup.controllers") ?? "").Split(' ');
        return [.. Controllers.Where(controller => controller.IsHandedDown || controller.Concerns(limits)).Select(controller => controller.Name).Where(name => name != "devices" && !there.Contains(name))];
    }
}
