using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Failpoints;
using Devoxx.Supervisor.Bundles;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Cgroups;

/// <summary>What is done to cgroupfs for a container. Each may be done twice: the second time it finds its work done.</summary>
internal static class CgroupEffects
{
    private const long CpuPeriod = 100_000;

    /// <summary>The device nodes every container has in its /dev, and the right to make nodes that then cannot be opened: Docker's default rules.</summary>
    private static readonly ImmutableArray<DeviceRule> DefaultDevices =
    [
        new(false, 'a', null, null, "rwm"),
        new(true, 'c', null, null, "m"),
        new(true, 'b', null, null, "m"),
        new(true, 'c', 1, 3, "rwm"),
        new(true, 'c', 1, 5, "rwm"),
        new(true, 'c', 1, 7, "rwm"),
        new(true, 'c', 1, 8, "rwm"),
        new(true, 'c', 1, 9, "rwm"),
        new(true, 'c', 5, 0, "rwm"),
        new(true, 'c', 5, 1, "rwm"),
        new(true, 'c', 5, 2, "rwm"),
        new(true, 'c', 136, null, "rwm"),
    ];

    /// <summary>An empty cgroup with these limits: whatever an earlier run has left in it is killed first.</summary>
    /// <exception cref="CgroupLimitException">A limit cannot be enforced here; nothing of the cgroup is left, nor when it cannot be made for another reason.</exception>
    public static bool Make(CgroupHost host, MakeCgroup make)
    {
        Remove(host, make.Path);
        var limits = Limits(make.Limits, host.LimitsSwap, host.Has("devices") && !make.AllDevices ? Devices(make.Limits) : null);
        try
        {
            var cgroup = Cgroup.Create(host, make.Path, limits);
            Failpoint.Reach("cgroup.made-unlimited");
            cgroup.Apply(limits);
        }
        catch
        {
            Cgroup.OpenExisting(host, make.Path)?.Remove();
            throw;
        }

        return true;
    }

    /// <summary>The rules for the devices of a container that is not privileged.</summary>
    /// <exception cref="IOException">A path names no device.</exception>
    public static ImmutableArray<DeviceRule> Devices(ResourceLimits limits) => [.. DefaultDevices, .. DeviceGrants.Of(limits.DeviceRules ?? [])];

    /// <exception cref="CgroupBusyException">Something in it does not stand still in time; then all of it goes on.</exception>
    public static bool Freeze(CgroupHost host, SetFrozen set)
    {
        if (Cgroup.OpenExisting(host, set.Path) is not { } cgroup)
        {
            throw new IOException($"the cgroup {set.Path} is gone");
        }

        if (!set.Frozen)
        {
            cgroup.Thaw();
            return false;
        }

        try
        {
            cgroup.Freeze();
            return true;
        }
        catch (CgroupBusyException)
        {
            cgroup.Thaw();
            throw;
        }
    }

    /// <returns>What it had counted; unknown when it was not there.</returns>
    public static CgroupUsage Remove(CgroupHost host, string path)
    {
        if (Cgroup.OpenExisting(host, path) is not { } cgroup)
        {
            return CgroupUsage.Unknown;
        }

        var stats = cgroup.ReadStats();
        cgroup.Kill();
        Failpoint.Reach("cgroup.emptied");
        cgroup.Remove();
        return new CgroupUsage(
            stats.MemoryPeak, stats.CpuUsage is { } cpu ? TimeSpan.FromMicroseconds(cpu) : null, (int)(stats.OomKills ?? 0));
    }

    /// <summary>From what Compose says to what the kernel takes.</summary>
    /// <param name="limitsSwap">Where it can be had, a memory limit without one on swap allows as much swap again, as Docker does.</param>
    public static CgroupLimits Limits(ResourceLimits limits, bool limitsSwap, ImmutableArray<DeviceRule>? devices) => new(
        limits.Memory,
        limits.MemoryReservation,
        limits.MemorySwap ?? (limitsSwap ? 2 * limits.Memory : null),
        limits.MemorySwappiness,
        limits.OomKillDisable,
        limits.Cpus is { } cpus ? (long)(cpus * CpuPeriod) : limits.CpuQuota,
        limits.Cpus is not null ? CpuPeriod : limits.CpuPeriod,
        limits.CpuShares,
        limits.Cpuset,
        null,
        limits.Pids,
        limits.BlockIoWeight,
        devices,
        BlockDevices(limits.BlockIo),
        CpuRealtimeRuntime: limits.CpuRealtimeRuntime,
        CpuRealtimePeriod: limits.CpuRealtimePeriod);

    /// <exception cref="IOException">A path is no block device of this machine.</exception>
    private static ImmutableArray<BlockDeviceLimit>? BlockDevices(ImmutableArray<BlockIoLimit>? limits) => limits is not { } all ? null :
    [
        .. all.Select(limit => HostDevices.At(limit.Path, limit.Path) is [{ Type: "b", Major: { } major, Minor: { } minor }]
            ? new BlockDeviceLimit(limit.Kind, major, minor, (ulong)limit.Value)
            : throw new IOException($"blkio_config: {limit.Path} is not a block device")),
    ];
}
