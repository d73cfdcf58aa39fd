using System.Text.Json;

namespace Devoxx.Oci;

/// <summary>Reads the <c>linux</c> object of config.json.</summary>
internal static class LinuxSpecReader
{
    public static LinuxSpec Linux(JsonElement linux) => new()
    {
        Namespaces = linux.List("namespaces", entry => new Namespace(entry.NeedText("type"), entry.Text("path"))),
        UidMappings = linux.List("uidMappings", IdMapping),
        GidMappings = linux.List("gidMappings", IdMapping),
        TimeOffsets = linux.Map("timeOffsets", offset => new TimeOffset(offset.Integer("secs") ?? 0, offset.Small("nanosecs") ?? 0)),
        Devices = linux.List("devices", Device),
        CgroupsPath = linux.Text("cgroupsPath"),
        Resources = linux.Field("resources") is { } resources ? LinuxResourcesReader.Resources(resources) : null,
        RootfsPropagation = linux.Text("rootfsPropagation"),
        Seccomp = linux.Field("seccomp") is { } seccomp ? Seccomp(seccomp) : null,
        Sysctl = linux.TextMap("sysctl"),
        MaskedPaths = linux.Texts("maskedPaths"),
        ReadonlyPaths = linux.Texts("readonlyPaths"),
        MountLabel = linux.Text("mountLabel"),
        IntelRdt = linux.Field("intelRdt") is { } rdt ? IntelRdt(rdt) : null,
        MemoryPolicy = linux.Field("memoryPolicy") is { } policy ? new MemoryPolicy(policy.Text("mode") ?? "", policy.Text("nodes"), policy.Texts("flags")) : null,
        NetDevices = linux.Map("netDevices", device => new NetDevice(device.Text("name"))),
        Personality = linux.Field("personality") is { } personality ? new Personality(personality.NeedText("domain"), personality.Texts("flags")) : null,
    };

    public static IdMapping IdMapping(JsonElement mapping) => new()
    {
        ContainerId = mapping.Small("containerID") ?? 0,
        HostId = mapping.Small("hostID") ?? 0,
        Size = mapping.Small("size") ?? 0,
    };

    private static Device Device(JsonElement device) => new(
        device.NeedText("type"), device.NeedText("path"), device.Integer("major"), device.Integer("minor"), device.Small("fileMode"),
        device.Small("uid"), device.Small("gid"));

    private static IntelRdt IntelRdt(JsonElement rdt) => new()
    {
        ClosId = rdt.Text("closID"),
        L3CacheSchema = rdt.Text("l3CacheSchema"),
        MemBwSchema = rdt.Text("memBwSchema"),
    };

    private static Seccomp Seccomp(JsonElement seccomp) => new()
    {
        DefaultAction = seccomp.NeedText("defaultAction"),
        DefaultErrnoRet = seccomp.Small("defaultErrnoRet"),
        Architectures = seccomp.Texts("architectures"),
        Flags = seccomp.Texts("flags"),
        ListenerPath = seccomp.Text("listenerPath"),
        ListenerMetadata = seccomp.Text("listenerMetadata"),
        Syscalls = seccomp.List("syscalls", Syscall),
    };

    private static SeccompSyscall Syscall(JsonElement syscall) => new()
    {
        Names = syscall.Texts("names") ?? throw new JsonException("names is missing"),
        Action = syscall.NeedText("action"),
        ErrnoRet = syscall.Small("errnoRet"),
        Args = syscall.List("args", argument => new SeccompArgument(
            argument.Small("index") ?? 0, argument.Unsigned("value") ?? 0, argument.NeedText("op"), argument.Unsigned("valueTwo") ?? 0)),
    };
}
