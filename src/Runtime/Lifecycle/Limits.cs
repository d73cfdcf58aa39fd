using System.Collections.Immutable;
using Devoxx.Native.Cgroups;
using Devoxx.Oci;
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

    public static CgroupLimits Of(LinuxResources? resources, bool forDevices = true)
    {
        if (resources is null)
        {
            return CgroupLimits.None;
        }

        Refuse(resources.HugepageLimits is { Count: > 0 }, "hugepageLimits");
        Refuse(resources.Network is { ClassId: > 0 } or { Priorities.Count: > 0 }, "network");
        Refuse(resources.Rdma is { Count: > 0 }, "rdma");
        Refuse(resources.Unified is { Count: > 0 }, "unified");
        Refuse(resources.Cpu is { Burst: > 0 }, "cpu.burst");
        Refuse(resources.Cpu is { Idle: not null and not 0 }, "cpu.idle");
        Refuse(resources.Cpu is { RealtimeRuntime: > 0 }, "cpu.realtimeRuntime");
        Refuse(
            resources.BlockIo is { WeightDevice.Count: > 0 } or { ThrottleReadBpsDevice.Count: > 0 } or { ThrottleWriteBpsDevice.Count: > 0 }
                or { ThrottleReadIopsDevice.Count: > 0 } or { ThrottleWriteIopsDevice.Count: > 0 },
            "blockIO limits of single devices");
        var (memory, cpu) = (resources.Memory, resources.Cpu);
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
            PidsMax: resources.Pids?.Limit,
            BlkioWeight: resources.BlockIo?.Weight is { } weight and > 0 ? weight : null,
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
            all.Add(new DeviceRule(rule.Allow, type, Number(rule.Major), Number(rule.Minor), rule.Access is { Length: > 0 } access ? access : "rwm"));
        }

        all.AddRange(AlwaysAllowed);
        return all.ToImmutable();
    }

    private static long? Number(long? number) => number is null or < 0 ? null : number;

    private static void Refuse(bool asked, string what)
    {
        if (asked)
        {
            throw new SetupException($"linux.resources: {what} cannot be enforced yet");
        }
    }
}
