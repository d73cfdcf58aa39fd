using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Native.Netlink;
using Devoxx.Supervisor.Monitors;
using Devoxx.Supervisor.Runtimes;

namespace Devoxx.Supervisor.Actors;

/// <summary>What is there and belongs to no container of the journal, or to a run that is over: a crash has left it. Only under our own names.</summary>
internal static class Orphans
{
    /// <param name="owned">Ids of the containers that the journal knows.</param>
    /// <param name="resting">Those of them that do not run and are not about to.</param>
    /// <param name="links">Network interfaces that the journal knows.</param>
    /// <returns>What could not be removed, and why.</returns>
    public static ImmutableArray<string> Remove(
        SupervisorEnvironment environment, ImmutableHashSet<string> owned, ImmutableHashSet<string> resting, ImmutableHashSet<string> links)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var root = environment.Root;
        bool MayRun(string id) => owned.Contains(id) && !resting.Contains(id);

        // Monitors before their cgroups: one that lives would see its container die, and tell of it.
        foreach (var id in Names(root.RuntimeRoot).Concat(resting).Distinct().Where(id => !MayRun(id)))
        {
            Try(errors, () => MonitorProcess.Clear(root, id, search: false));
        }

        foreach (var id in Cgroup.Children(environment.Cgroups, root.CgroupParent).Where(id => !MayRun(id)))
        {
            Try(errors, () =>
            {
                if (Cgroup.OpenExisting(environment.Cgroups, $"{root.CgroupParent}/{id}") is { } cgroup)
                {
                    cgroup.Kill();
                    cgroup.Remove();
                }
            });
        }

        // Of builds that went with their supervisor. What is left of them besides is the next build's to remove.
        foreach (var mount in MountTable.Read().Reverse().Where(mount => mount.MountPoint.StartsWith(root.BuildDirectory + "/", StringComparison.Ordinal)))
        {
            Try(errors, () => Mount.Unmount(mount.MountPoint, UnmountFlags.Detach));
        }

        Try(errors, () => ForeignState.DeleteOrphans(root, owned.Contains));
        Try(errors, () =>
        {
            // Of whatever nobody knows any more, for example because the journal was deleted: interfaces are known by their names.
            using var route = NetlinkSocket.OpenRoute();
            foreach (var link in Links.All(route).Where(l => l.Group == environment.Networking.Names.Group && !links.Contains(l.Name)))
            {
                Links.Delete(route, link.Name);
            }
        });

        // Bundles hold upper layers and logs of containers; volumes are elsewhere, and are never touched here.
        foreach (var id in Names(root.ContainersDirectory).Where(id => !owned.Contains(id)))
        {
            Try(errors, () => SafeTree.Delete(root.Bundle(id)));
        }

        return errors.ToImmutable();
    }

    private static IEnumerable<string> Names(string parent) =>
        Directory.Exists(parent) ? Directory.GetDirectories(parent).Select(directory => Path.GetFileName(directory)) : [];

    private static void Try(ImmutableArray<string>.Builder errors, Action removal)
    {
        try
        {
            removal();
        }
        catch (IOException e)
        {
            errors.Add(e.Message);
        }
    }
}
