using System.Collections.Immutable;
using Devoxx.Native.Failpoints;

namespace Devoxx.Native.Cgroups;

/// <summary>
/// A cgroup of one container: the directory of one path in every hierarchy that is in use for it. Nothing is cached but which
/// directories those are; not thread-safe.
/// </summary>
public sealed partial class Cgroup
{
    private readonly List<(Hierarchy Hierarchy, CgroupDirectory Directory)> parts = [];

    private Cgroup(CgroupHost host, string path)
    {
        Host = host;
        Path = path;
    }

    public CgroupHost Host { get; }

    /// <summary>Below every hierarchy's mount point: <c>/devoxx/&lt;id&gt;</c>.</summary>
    public string Path { get; }

    /// <summary>The directories that exist, for messages and for looking at.</summary>
    public ImmutableArray<string> Directories => [.. parts.Select(part => part.Directory.Path)];

    /// <summary>Makes the cgroup in the hierarchies that a container always needs and in those that its limits need. What is there already is taken as it is.</summary>
    /// <param name="path">Absolute, without empty, <c>.</c> and <c>..</c> components.</param>
    /// <param name="everywhere">In every hierarchy that the host has, also those that are of no use to us.</param>
    /// <exception cref="LinuxException">A directory cannot be made.</exception>
    public static Cgroup Create(CgroupHost host, string path, CgroupLimits? limits = null, bool everywhere = false)
    {
        var cgroup = new Cgroup(host, CheckPath(path));
        foreach (var hierarchy in everywhere ? [.. host.Spare, .. host.Hierarchies] : host.Hierarchies)
        {
            if (everywhere || hierarchy.IsNeeded(limits ?? CgroupLimits.None))
            {
                cgroup.parts.Add((hierarchy, hierarchy.Make(path, limits ?? CgroupLimits.None)));
                Failpoint.Reach("cgroup.half-made");
            }
        }

        return cgroup;
    }

    /// <summary>The cgroup as far as it exists; null when it exists in no hierarchy.</summary>
    public static Cgroup? OpenExisting(CgroupHost host, string path)
    {
        var cgroup = new Cgroup(host, CheckPath(path));
        foreach (var hierarchy in (ReadOnlySpan<Hierarchy>)[.. host.Spare, .. host.Hierarchies])
        {
            var directory = hierarchy.At(path);
            if (directory.Exists)
            {
                cgroup.parts.Add((hierarchy, directory));
            }
        }

        return cgroup.parts.Count == 0 ? null : cgroup;
    }

    /// <summary>The names of the cgroups below a path, over all hierarchies: what recovery compares with the journal.</summary>
    public static ImmutableSortedSet<string> Children(CgroupHost host, string path)
    {
        CheckPath(path);
        return [.. host.Hierarchies.SelectMany(hierarchy => hierarchy.At(path).Children()).Select(child => System.IO.Path.GetFileName(child.Path))];
    }

    /// <summary>Writes limits and reads each back.</summary>
    /// <exception cref="CgroupLimitException">A limit is not in force; those before it are.</exception>
    public void Apply(CgroupLimits limits)
    {
        foreach (var hierarchy in Host.Hierarchies)
        {
            foreach (var controller in hierarchy.Controllers)
            {
                if (controller.Concerns(limits))
                {
                    controller.Apply(DirectoryIn(hierarchy, limits), limits);
                }
            }
        }

        if (Host.Absent.FirstOrDefault(controller => controller.Concerns(limits)) is { } absent)
        {
            throw new CgroupLimitException(absent.Name, absent.Name, "a limit", "nothing", $"this host has no {absent.Name} controller");
        }

        ApplyUnified(limits);
    }

    /// <summary>Files of version 2 by name (runtime-spec, "Unified"): last, so that they win over what says the same in other words.</summary>
    private void ApplyUnified(CgroupLimits limits)
    {
        foreach (var (file, value) in limits.Unified ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            var controller = file.Split('.')[0];
            if (file.Contains('/') || !file.Contains('.') || file.StartsWith('.'))
            {
                throw new CgroupLimitException(file, controller, value, "nothing", "it is no name of a file in a cgroup");
            }

            var directory = Unified ?? throw new CgroupLimitException(file, controller, value, "nothing", "this host has no cgroup version 2");
            if (directory.TryWrite(file, value) is var status and < 0)
            {
                throw new CgroupLimitException(
                    file, controller, value, directory.TryRead(file) ?? "nothing",
                    status == -2 ? $"invalid configuration: the unified hierarchy of this host has no {file}" : $"{Errno.Name(-status)}, {Errno.Text(-status)}");
            }
        }
    }

    /// <summary>Whether it is in a hierarchy that is of use to us: another program may have made it elsewhere only.</summary>
    public bool IsInUse => parts.Exists(part => !Host.Spare.Contains(part.Hierarchy));

    public CgroupStats ReadStats()
    {
        var stats = new CgroupStats();
        foreach (var (hierarchy, directory) in parts)
        {
            foreach (var controller in hierarchy.Controllers)
            {
                stats = controller.Read(directory, stats);
            }
        }

        return stats;
    }

    /// <summary>Every process in the cgroup or below it, in any hierarchy: one that a crash left half joined counts too.</summary>
    public IReadOnlyCollection<int> Processes()
    {
        var processes = new SortedSet<int>();
        foreach (var (_, directory) in parts)
        {
            Collect(directory, processes);
        }

        return processes;
    }

    private static void Collect(CgroupDirectory directory, ISet<int> processes)
    {
        directory.ReadNumbers("cgroup.procs", processes);
        foreach (var child in directory.Children())
        {
            Collect(child, processes);
        }
    }

    /// <summary>This cgroup's directory, made now when an earlier need did not; then what runs already is moved in.</summary>
    private CgroupDirectory DirectoryIn(Hierarchy hierarchy, CgroupLimits limits)
    {
        foreach (var (existing, directory) in parts)
        {
            if (existing == hierarchy)
            {
                // What few ask for is handed down only now.
                return hierarchy.IsUnified ? hierarchy.Make(Path, limits) : directory;
            }
        }

        var processes = Processes();
        var made = hierarchy.Make(Path, limits);
        parts.Add((hierarchy, made));
        foreach (var pid in processes)
        {
            if (made.TryWrite("cgroup.procs", pid.ToString()) is var status and < 0 && status != -3) // ESRCH: gone meanwhile
            {
                throw new LinuxException("write", -status, $"{pid} to {made.File("cgroup.procs")}");
            }
        }

        return made;
    }

    private CgroupDirectory? Unified => parts.FirstOrDefault(part => part.Hierarchy.IsUnified).Directory;

    private CgroupDirectory? With(string controller) =>
        parts.FirstOrDefault(part => part.Hierarchy.Controllers.Any(each => each.Name == controller)).Directory;

    private static string CheckPath(string path)
    {
        if (path is not ['/', _, ..] || path.Contains('\0') || path[1..].Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"{path}: not an absolute cgroup path without empty, . and .. components", nameof(path));
        }

        return path;
    }
}
