using System.Text.Json;

namespace Devoxx.Oci;

/// <summary>Reads <c>linux.resources</c>, also as the file of <c>update --resources</c>.</summary>
internal static class LinuxResourcesReader
{
    public static LinuxResources Resources(JsonElement resources) => new()
    {
        Devices = resources.List("devices", rule => new DeviceRule(
            rule.Flag("allow") ?? false, rule.Text("type"), rule.Integer("major"), rule.Integer("minor"), rule.Text("access"))),
        Memory = resources.Field("memory") is { } memory ? Memory(memory) : null,
        Cpu = resources.Field("cpu") is { } cpu ? Cpu(cpu) : null,
        Pids = resources.Field("pids") is { } pids ? new PidsResources(pids.Integer("limit")) : null,
        BlockIo = resources.Field("blockIO") is { } io ? BlockIo(io) : null,
        HugepageLimits = resources.List("hugepageLimits", limit => new HugepageLimit(limit.Text("pagesize") ?? limit.NeedText("pageSize"), limit.Unsigned("limit") ?? 0)),
        Network = resources.Field("network") is { } network ? Network(network) : null,
        Rdma = resources.Map("rdma", limit => new RdmaLimit(limit.Small("hcaHandles"), limit.Small("hcaObjects"))),
        Unified = resources.TextMap("unified"),
    };

    private static MemoryResources Memory(JsonElement memory) => new()
    {
        Limit = memory.Integer("limit"),
        Reservation = memory.Integer("reservation"),
        Swap = memory.Integer("swap"),
        Kernel = memory.Integer("kernel"),
        KernelTcp = memory.Integer("kernelTCP"),
        Swappiness = memory.Unsigned("swappiness"),
        DisableOomKiller = memory.Flag("disableOOMKiller"),
        UseHierarchy = memory.Flag("useHierarchy"),
        CheckBeforeUpdate = memory.Flag("checkBeforeUpdate"),
    };

    private static CpuResources Cpu(JsonElement cpu) => new()
    {
        Shares = cpu.Unsigned("shares"),
        Quota = cpu.Integer("quota"),
        Burst = cpu.Unsigned("burst"),
        Period = cpu.Unsigned("period"),
        RealtimeRuntime = cpu.Integer("realtimeRuntime"),
        RealtimePeriod = cpu.Unsigned("realtimePeriod"),
        Cpus = cpu.Text("cpus"),
        Mems = cpu.Text("mems"),
        Idle = cpu.Integer("idle"),
    };

    private static BlockIoResources BlockIo(JsonElement io) => new()
    {
        Weight = Weight(io, "weight"),
        LeafWeight = Weight(io, "leafWeight"),
        WeightDevice = io.List("weightDevice", device => new WeightDevice(
            device.Integer("major") ?? 0, device.Integer("minor") ?? 0, Weight(device, "weight"), Weight(device, "leafWeight"))),
        ThrottleReadBpsDevice = io.List("throttleReadBpsDevice", Throttle),
        ThrottleWriteBpsDevice = io.List("throttleWriteBpsDevice", Throttle),
        ThrottleReadIopsDevice = io.List("throttleReadIOPSDevice", Throttle),
        ThrottleWriteIopsDevice = io.List("throttleWriteIOPSDevice", Throttle),
    };

    private static ushort? Weight(JsonElement element, string name) => element.Small(name) switch
    {
        null => null,
        { } weight and <= ushort.MaxValue => (ushort)weight,
        _ => throw new JsonException($"{name} must be a whole number from 0 to {ushort.MaxValue}"),
    };

    private static ThrottleDevice Throttle(JsonElement device) =>
        new(device.Integer("major") ?? 0, device.Integer("minor") ?? 0, device.Unsigned("rate") ?? 0);

    private static NetworkResources Network(JsonElement network) => new()
    {
        ClassId = network.Small("classID"),
        Priorities = network.List("priorities", priority => new InterfacePriority(priority.NeedText("name"), priority.Small("priority") ?? 0)),
    };
}
