using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;
using Devoxx.Runtime.Setup;
using DeviceRule = Devoxx.Native.Cgroups.DeviceRule;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>Turns <c>linux.resources</c> into limits of a cgroup. What cannot be enforced yet is refused, not left out.</summary>
internal static class Limits
{
    /// <summary>What every container may use, whatever its rules say: the nodes of its own /dev (runtime-spec, "Default Devices"), terminals, and mknod.</summary>
    private static readonly DeviceRule[] AlwaysAllowed =
    [
        new(true, 'c', null, null, "m"), new(true, 'b', null, null, "m"),
        new(true, 'c', 1, 3, "rwm"), new(true, 'c', 1, 5, "rwm"), new(true, 'c', 1, 7, "rwm"), new(true, 'c', 1, 8, "rwm"), new(true, 'c', 1, 9, "rwm"),
        new(true, 'c', 5, 0, "rwm"), new(true, 'c', 5, 2, "rwm"), new(true, 'c', 136, null, "rwm"),
    ];

    /// <summary>Those of a container's configuration.</summary>
    public static CgroupLimits Of(RuntimeSpec spec)
    {
        var isOld = spec.OciVersion.StartsWith("1.0.", StringComparison.Ordinal) || spec.OciVersion.StartsWith("1.1.", StringComparison.Ordinal)
            || spec.OciVersion.StartsWith("1.2.", StringComparison.Ordinal);
        return Of(spec.Linux?.Resources, zeroPids: isOld ? -1 : 1);
    }

    /// <param name="zeroPids">What a pids limit of 0 means: the smallest there is since version 1.3 of the specification, none at all before, when it was what Go writes for nothing.</param>
    public static CgroupLimits Of(LinuxResources? resources, bool forDevices = true, long zeroPids = 1)
    {
        if (resources is null)
        {
            return CgroupLimits.None;
        }

        var (memory, cpu) = (resources.Memory, resources.Cpu);
        if (memory?.Kernel is > 0 || memory?.KernelTcp is > 0)
        {
            Failure.Warn("linux.resources.memory: Linux has no limits of its own for kernel memory any more: kernel and kernelTCP have no effect");
        }

        return new CgroupLimits(
            MemoryMax: Given(memory?.Limit),
            MemoryReservation: Given(memory?.Reservation),
            MemorySwapMax: Given(memory?.Swap),
            MemorySwappiness: (long?)memory?.Swappiness,
            OomKillDisable: memory?.DisableOomKiller is true ? true : null,
            CpuQuota: Given(cpu?.Quota),
            CpuPeriod: Given((long?)cpu?.Period),
            CpuShares: Given((long?)cpu?.Shares),
            CpusetCpus: cpu?.Cpus is { Length: > 0 } cpus ? cpus : null,
            CpusetMems: cpu?.Mems is { Length: > 0 } mems ? mems : null,
            PidsMax: resources.Pids?.Limit is 0 ? zeroPids : resources.Pids?.Limit,
            BlkioWeight: resources.BlockIo?.Weight is { } weight and > 0 ? weight : null,
            BlkioDevices: BlockDevices(resources.BlockIo),
            CpuBurst: Given((long?)cpu?.Burst),
            CpuIdle: cpu?.Idle,
            CpuRealtimeRuntime: Given(cpu?.RealtimeRuntime),
            CpuRealtimePeriod: Given((long?)cpu?.RealtimePeriod),
            HugePages: resources.HugepageLimits is { Count: > 0 } pages ? HugePages(pages) : null,
            Rdma: resources.Rdma is { Count: > 0 } rdma
                ? rdma.ToImmutableSortedDictionary(d => d.Key, d => new Native.Cgroups.RdmaLimit(d.Value.HcaHandles, d.Value.HcaObjects), StringComparer.Ordinal) : null,
            NetClassId: resources.Network?.ClassId is { } netClass and > 0 ? netClass : null,
            NetPriorities: resources.Network?.Priorities is { Count: > 0 } priorities
                ? priorities.ToImmutableSortedDictionary(p => p.Name, p => p.Priority, StringComparer.Ordinal) : null,
            Unified: resources.Unified is { Count: > 0 } unified ? unified.ToImmutableSortedDictionary(StringComparer.Ordinal) : null,
            Devices: forDevices && resources.Devices is { Count: > 0 } rules ? Rules(rules) : null);
    }

    // Go writes 0 for what was not said.
    private static long? Given(long? value) => value is 0 ? null : value;

    private static ImmutableArray<DeviceRule> Rules(IReadOnlyList<Oci.DeviceRule> rules)
    {
        var all = ImmutableArray.CreateBuilder<DeviceRule>();
        foreach (var rule in rules)
        {
            var type = rule.Type is null or "" ? 'a' : rule.Type[0];
            all.Add(new DeviceRule(rule.Allow, type, Number(rule.Major), Number(rule.Minor), Access(rule.Access)));
        }

        all.AddRange(AlwaysAllowed);
        return all.ToImmutable();
    }

    // Other letters mean nothing to the kernel, which takes no rule that has one.
    private static string Access(string? letters) => letters is null or "" ? "rwm" : string.Concat("rwm".Where(letters.Contains));

    private static long? Number(long? number) => number is null or < 0 ? null : number;

    private static ImmutableSortedDictionary<string, ulong> HugePages(IReadOnlyList<HugepageLimit> limits)
    {
        var sizes = ImmutableSortedDictionary.CreateBuilder<string, ulong>(StringComparer.Ordinal);
        foreach (var limit in limits)
        {
            if (limit.PageSize.Length < 3 || !char.IsAsciiDigit(limit.PageSize[0]) || !limit.PageSize.All(char.IsAsciiLetterOrDigit))
            {
                throw new SetupException($"linux.resources.hugepageLimits: '{limit.PageSize}' is no size of a page, such as 2MB");
            }

            sizes[limit.PageSize] = limit.Limit;
        }

        return sizes.ToImmutable();
    }

    private static ImmutableArray<BlockDeviceLimit>? BlockDevices(BlockIoResources? io)
    {
        if (io is null)
        {
            return null;
        }

        if (io.LeafWeight is > 0)
        {
            throw new SetupException("linux.resources.blockIO.leafWeight: Linux has no leaf weights since 5.0");
        }

        var all = ImmutableArray.CreateBuilder<BlockDeviceLimit>();
        foreach (var device in io.WeightDevice ?? [])
        {
            if (device.Weight is { } weight)
            {
                all.Add(new BlockDeviceLimit(BlockDeviceLimitKind.Weight, device.Major, device.Minor, weight));
            }
        }

        foreach (var (kind, devices) in new[]
        {
            (BlockDeviceLimitKind.ReadBytes, io.ThrottleReadBpsDevice), (BlockDeviceLimitKind.WriteBytes, io.ThrottleWriteBpsDevice),
            (BlockDeviceLimitKind.ReadOperations, io.ThrottleReadIopsDevice), (BlockDeviceLimitKind.WriteOperations, io.ThrottleWriteIopsDevice),
        })
        {
            foreach (var device in devices ?? [])
            {
                all.Add(new BlockDeviceLimit(kind, device.Major, device.Minor, device.Rate));
            }
        }

        return all.Count == 0 ? null : all.DrainToImmutable();
    }
}
