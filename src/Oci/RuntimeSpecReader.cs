using System.Text.Json;

namespace Devoxx.Oci;

/// <summary>
/// Reads config.json by hand. Beside <see cref="OciJson"/>, which gives the same, for devoxx-runtime: a generated serializer there costs 2 ms of a
/// container's start, 2 MB of the executable and 0.4 MB of every monitor's memory.
/// </summary>
public static class RuntimeSpecReader
{
    /// <exception cref="JsonException">Not JSON, or a member is of the wrong type.</exception>
    public static RuntimeSpec ReadSpec(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var spec = document.RootElement;
        return new RuntimeSpec
        {
            OciVersion = spec.Text("ociVersion") ?? "",
            Process = spec.Field("process") is { } process ? Process(process) : null,
            Root = spec.Field("root") is { } root ? new Root(root.NeedText("path"), root.Flag("readonly") ?? false) : null,
            Hostname = spec.Text("hostname"),
            Domainname = spec.Text("domainname"),
            Mounts = spec.List("mounts", Mount),
            Hooks = spec.Field("hooks") is { } hooks ? Hooks(hooks) : null,
            Annotations = spec.TextMap("annotations"),
            Linux = spec.Field("linux") is { } linux ? LinuxSpecReader.Linux(linux) : null,
        };
    }

    /// <summary>The file of <c>exec --process</c>.</summary>
    public static Process ReadProcess(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return Process(document.RootElement);
    }

    /// <summary>The file of <c>update --resources</c>.</summary>
    public static LinuxResources ReadResources(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return LinuxResourcesReader.Resources(document.RootElement);
    }

    private static Process Process(JsonElement process) => new()
    {
        Terminal = process.Flag("terminal") ?? false,
        ConsoleSize = process.Field("consoleSize") is { } size ? new ConsoleSize(size.Small("height") ?? 0, size.Small("width") ?? 0) : null,
        User = process.Field("user") is { } user ? User(user) : new User(),
        Args = process.Texts("args"),
        Env = process.Texts("env"),
        Cwd = process.Text("cwd") ?? "",
        Capabilities = process.Field("capabilities") is { } sets ? Capabilities(sets) : null,
        Rlimits = process.List("rlimits", limit => new Rlimit(limit.NeedText("type"), limit.Unsigned("soft") ?? 0, limit.Unsigned("hard") ?? 0)),
        NoNewPrivileges = process.Flag("noNewPrivileges") ?? false,
        ApparmorProfile = process.Text("apparmorProfile"),
        SelinuxLabel = process.Text("selinuxLabel"),
        OomScoreAdj = process.Int("oomScoreAdj"),
        Scheduler = process.Field("scheduler") is { } scheduler ? Scheduler(scheduler) : null,
        IoPriority = process.Field("ioPriority") is { } priority ? new IoPriority(priority.NeedText("class"), priority.Int("priority") ?? 0) : null,
        ExecCpuAffinity = process.Field("execCPUAffinity") is { } affinity ? new CpuAffinity(affinity.Text("initial"), affinity.Text("final")) : null,
    };

    private static User User(JsonElement user) => new()
    {
        Uid = user.Small("uid") ?? 0,
        Gid = user.Small("gid") ?? 0,
        Umask = user.Small("umask"),
        AdditionalGids = user.Smalls("additionalGids"),
    };

    private static LinuxCapabilities Capabilities(JsonElement sets) => new()
    {
        Bounding = sets.Texts("bounding"),
        Effective = sets.Texts("effective"),
        Inheritable = sets.Texts("inheritable"),
        Permitted = sets.Texts("permitted"),
        Ambient = sets.Texts("ambient"),
    };

    private static Scheduler Scheduler(JsonElement scheduler) => new()
    {
        Policy = scheduler.NeedText("policy"),
        Nice = scheduler.Int("nice"),
        Priority = scheduler.Int("priority"),
        Flags = scheduler.Texts("flags"),
        Runtime = scheduler.Unsigned("runtime"),
        Deadline = scheduler.Unsigned("deadline"),
        Period = scheduler.Unsigned("period"),
    };

    private static Mount Mount(JsonElement mount) => new()
    {
        Destination = mount.NeedText("destination"),
        Type = mount.Text("type"),
        Source = mount.Text("source"),
        Options = mount.Texts("options"),
        UidMappings = mount.List("uidMappings", LinuxSpecReader.IdMapping),
        GidMappings = mount.List("gidMappings", LinuxSpecReader.IdMapping),
    };

    private static Hooks Hooks(JsonElement hooks) => new()
    {
        Prestart = hooks.List("prestart", Hook),
        CreateRuntime = hooks.List("createRuntime", Hook),
        CreateContainer = hooks.List("createContainer", Hook),
        StartContainer = hooks.List("startContainer", Hook),
        Poststart = hooks.List("poststart", Hook),
        Poststop = hooks.List("poststop", Hook),
    };

    private static Hook Hook(JsonElement hook) => new(hook.NeedText("path"), hook.Texts("args"), hook.Texts("env"), hook.Int("timeout"));
}
