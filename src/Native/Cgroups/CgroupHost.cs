using System.Collections.Immutable;
using Devoxx.Native.Mounts;

namespace Devoxx.Native.Cgroups;

/// <summary>Where a host has its cgroup hierarchies, and which controller lives on which.</summary>
public sealed class CgroupHost
{
    private static readonly ImmutableArray<Controller> V1All =
    [
        new V1.MemoryController(), new V1.CpuController(), new V1.CpuacctController(), new V1.CpusetController(), new V1.PidsController(),
        new V1.DevicesController(), new V1.BlkioController(), new V1.FreezerController(), new HugetlbController("limit_in_bytes"), new RdmaController(),
        new V1.NetClassController(), new V1.NetPriorityController(),
    ];

    private static readonly ImmutableArray<Controller> V2All =
    [
        new V2.MemoryController(), new V2.CpuController(), new V2.CpusetController(), new V2.PidsController(), new V2.DevicesController(),
        new V2.IoController(), new HugetlbController("max"), new RdmaController(),
    ];

    private CgroupHost(string? unified, ImmutableSortedDictionary<string, string> v1, ImmutableArray<string> v1Mounts, ImmutableArray<string> v2Controllers)
    {
        Unified = unified;
        V1 = v1;
        V2Controllers = v2Controllers;
        Version = unified is null ? CgroupVersion.V1 : v1.IsEmpty ? CgroupVersion.V2 : CgroupVersion.Hybrid;
        Hierarchies = FindHierarchies();
        Spare =
        [
            .. v1Mounts.Except(Hierarchies.Select(hierarchy => hierarchy.MountPoint)).Select(mountPoint => new Hierarchy(mountPoint, IsUnified: false,
                [.. V1All.Where(controller => v1.GetValueOrDefault(controller.Name) == mountPoint)])),
        ];
        Absent = [.. V2All.Concat(V1All.Where(each => !V2All.Any(other => Same(each.Name, other.Name)))).Where(controller => !Hierarchies.Any(hierarchy => hierarchy.Controllers.Any(each => Same(each.Name, controller.Name))))];
    }

    public CgroupVersion Version { get; }

    /// <summary>The mount point of the unified hierarchy; null when there is none.</summary>
    public string? Unified { get; }

    /// <summary>Controller → mount point, version 1. Controllers mounted together share theirs.</summary>
    public ImmutableSortedDictionary<string, string> V1 { get; }

    /// <summary>What cgroup.controllers at the unified root lists.</summary>
    public ImmutableArray<string> V2Controllers { get; }

    /// <summary>This host, as the calling process sees it.</summary>
    /// <exception cref="InvalidOperationException">No cgroup hierarchy is mounted.</exception>
    public static CgroupHost Detect() => Over(MountTable.Read());

    /// <summary>A host as a mount table describes it; its mount points may be directories of a test.</summary>
    public static CgroupHost Over(ImmutableArray<MountEntry> mounts)
    {
        string? unified = null;
        var v1 = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var v1Mounts = ImmutableArray.CreateBuilder<string>();
        foreach (var mount in mounts)
        {
            if (mount.FsType == "cgroup2")
            {
                // The one at its own root counts; others show a part of it to somebody.
                unified = unified is null || mount.Root == "/" ? mount.MountPoint : unified;
            }
            else if (mount.FsType == "cgroup")
            {
                v1Mounts.Add(mount.MountPoint);
                foreach (var controller in V1All.Select(each => each.Name))
                {
                    if (MountEntry.HasOption(mount.SuperOptions, controller))
                    {
                        v1.TryAdd(controller, mount.MountPoint);
                    }
                }
            }
        }

        if (unified is null && v1.Count == 0)
        {
            throw new InvalidOperationException("no cgroup hierarchy is mounted; mount cgroup2 on /sys/fs/cgroup");
        }

        return new CgroupHost(unified, v1.ToImmutable(), v1Mounts.ToImmutable(), unified is null ? [] : Words(new CgroupDirectory(unified).TryRead("cgroup.controllers")));
    }

    /// <summary>Whether a controller is on either version. Devices always are where there is a unified hierarchy: a BPF program decides there.</summary>
    public bool Has(string controller) =>
        V1.ContainsKey(controller) || V2Controllers.Contains(controller == "blkio" ? "io" : controller) || (controller == "devices" && Unified is not null);

    /// <summary>Whether memory and swap together can be limited: version 1 must have been booted with swap accounting, version 2 only needs a kernel with swap.</summary>
    public bool LimitsSwap => V1.TryGetValue("memory", out var memory)
        ? File.Exists(memory + "/memory.memsw.limit_in_bytes")
        : V2Controllers.Contains("memory") && File.Exists("/proc/swaps");

    /// <summary>The hierarchies to use, those of version 1 first.</summary>
    internal ImmutableArray<Hierarchy> Hierarchies { get; }

    /// <summary>Mount points of hierarchies of version 1 that this program leaves alone: without a controller, or with one whose work the unified hierarchy does.</summary>
    public ImmutableArray<string> Unused => [.. Spare.Select(hierarchy => hierarchy.MountPoint)];

    /// <summary>Those: a container is in them only where it may make cgroups itself, and expects all that the host has.</summary>
    internal ImmutableArray<Hierarchy> Spare { get; }

    /// <summary>Controllers that neither version has here.</summary>
    internal ImmutableArray<Controller> Absent { get; }

    private ImmutableArray<Hierarchy> FindHierarchies()
    {
        var found = ImmutableArray.CreateBuilder<Hierarchy>();
        foreach (var mountPoint in V1.Values.Distinct())
        {
            found.Add(new Hierarchy(mountPoint, IsUnified: false,
                [.. V1All.Where(controller => V1.GetValueOrDefault(controller.Name) == mountPoint && (controller.Name != "freezer" || Unified is null))]));
        }

        found.RemoveAll(hierarchy => hierarchy.Controllers.IsEmpty);
        if (Unified is not null)
        {
            // Devices have no controller to be listed on version 2: the BPF program is attached to any cgroup.
            found.Add(new Hierarchy(Unified, IsUnified: true,
                [.. V2All.Where(controller => V2Controllers.Contains(controller.Name) || (controller.Name == "devices" && !V1.ContainsKey("devices")))]));
        }

        return found.DrainToImmutable();
    }

    private static bool Same(string name, string v2Name) => name == v2Name || (name == "blkio" && v2Name == "io");

    private static ImmutableArray<string> Words(string? text) =>
        text is null ? [] : [.. text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];
}
