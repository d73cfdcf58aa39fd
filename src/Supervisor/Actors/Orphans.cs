using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Actors;

/// <summary>What is there and belongs to no container of the journal: a crash has left it. Only under our own names.</summary>
internal static class Orphans
{
    /// <param name="owned">Ids of the containers that the journal knows.</param>
    /// <returns>What could not be removed, and why.</returns>
    public static ImmutableArray<string> Remove(SupervisorEnvironment environment, ImmutableHashSet<string> owned)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var root = environment.Root;
        foreach (var id in Cgroup.Children(environment.Cgroups, root.CgroupParent).Where(id => !owned.Contains(id)))
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

        // Bundles hold upper layers and logs of containers; volumes are elsewhere, and are never touched here.
        foreach (var directory in Directories(root.ContainersDirectory).Concat(Directories(root.RuntimeRoot)).Where(d => !owned.Contains(Path.GetFileName(d))))
        {
            Try(errors, () => SafeTree.Delete(directory));
        }

        return errors.ToImmutable();
    }

    private static IEnumerable<string> Directories(string parent) => Directory.Exists(parent) ? Directory.GetDirectories(parent) : [];

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
