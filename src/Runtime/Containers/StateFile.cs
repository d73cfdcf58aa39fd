using System.Text.Json;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;
using Devoxx.Oci;

namespace Devoxx.Runtime.Containers;

/// <summary>
/// <c>state.json</c> of a live container in the runtime's directory: what the specification's state says, and what identifies its processes beyond
/// the reuse of pids. The status is not in it: it is found by looking at the process.
/// </summary>
internal sealed record StateFile
{
    public const string OciVersion = "1.3.0";

    public required string Id { get; init; }

    public required int Pid { get; init; }

    /// <summary>Clock ticks after boot.</summary>
    public required ulong StartTime { get; init; }

    public required string BootId { get; init; }

    public required string Bundle { get; init; }

    /// <summary>The root filesystem, absolute; null when config.json has none.</summary>
    public string? Rootfs { get; init; }

    /// <summary>RFC 3339.</summary>
    public required string Created { get; init; }

    /// <summary>0 when no monitor keeps the container.</summary>
    public int MonitorPid { get; init; }

    public ulong MonitorStartTime { get; init; }

    /// <summary>Absolute, below every hierarchy.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Whether the runtime made the cgroup, and so removes it.</summary>
    public bool OwnsCgroup { get; init; }

    /// <summary>The scope of systemd whose cgroup it is; null: no systemd manages it.</summary>
    public string? SystemdUnit { get; init; }

    /// <summary>Whether there are hooks to run when it has started, or is deleted.</summary>
    public bool HasHooks { get; init; }

    /// <summary>The root of a container without a mount namespace of its own, mounted in ours; null: it has one.</summary>
    public string? HostMount { get; init; }

    /// <summary>The runtime that has made it and is asked for whatever else is to run in it; null: we.</summary>
    public ForeignRuntime? Runtime { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public ProcessIdentity Init => new(Pid, StartTime, BootId);

    /// <summary>Writes it whole or not at all.</summary>
    public void Write(StateDirectory directory) => AtomicFile.Write(directory.StatePath, JsonText.Write(Write), durable: false);

    /// <summary>Null when there is no such container.</summary>
    public static StateFile? Read(StateDirectory directory)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(directory.StatePath));
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static StateFile Read(JsonElement state)
    {
        Dictionary<string, string>? annotations = null;
        if (state.TryGetProperty("annotations", out var map))
        {
            annotations = [];
            foreach (var entry in map.EnumerateObject())
            {
                annotations[entry.Name] = entry.Value.GetString()!;
            }
        }

        return new StateFile
        {
            Id = state.GetProperty("id").GetString()!,
            Pid = state.GetProperty("pid").GetInt32(),
            StartTime = state.GetProperty("startTime").GetUInt64(),
            BootId = state.GetProperty("bootId").GetString()!,
            Bundle = state.GetProperty("bundle").GetString()!,
            Rootfs = state.TryGetProperty("rootfs", out var rootfs) ? rootfs.GetString() : null,
            Created = state.GetProperty("created").GetString()!,
            MonitorPid = state.GetProperty("monitorPid").GetInt32(),
            MonitorStartTime = state.GetProperty("monitorStartTime").GetUInt64(),
            CgroupsPath = state.TryGetProperty("cgroupsPath", out var path) ? path.GetString() : null,
            OwnsCgroup = state.GetProperty("ownsCgroup").GetBoolean(),
            SystemdUnit = state.TryGetProperty("systemdUnit", out var unit) ? unit.GetString() : null,
            HasHooks = state.TryGetProperty("hasHooks", out var hooks) && hooks.GetBoolean(),
            HostMount = state.TryGetProperty("hostMount", out var hostMount) ? hostMount.GetString() : null,
            Runtime = state.TryGetProperty("runtime", out var runtime)
                ? new ForeignRuntime(runtime.GetProperty("path").GetString()!, runtime.GetProperty("root").GetString()!)
                : null,
            Annotations = annotations,
        };
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersion", OciVersion);
        writer.WriteString("id", Id);
        writer.WriteNumber("pid", Pid);
        writer.WriteNumber("startTime", StartTime);
        writer.WriteString("bootId", BootId);
        writer.WriteString("bundle", Bundle);
        writer.WriteOptional("rootfs", Rootfs);
        writer.WriteString("created", Created);
        writer.WriteNumber("monitorPid", MonitorPid);
        writer.WriteNumber("monitorStartTime", MonitorStartTime);
        writer.WriteOptional("cgroupsPath", CgroupsPath);
        writer.WriteBoolean("ownsCgroup", OwnsCgroup);
        writer.WriteOptional("systemdUnit", SystemdUnit);
        if (HasHooks)
        {
            writer.WriteBoolean("hasHooks", true);
        }

        writer.WriteOptional("hostMount", HostMount);
        if (Runtime is { } runtime)
        {
            writer.WriteStartObject("runtime");
            writer.WriteString("path", runtime.Path);
            writer.WriteString("root", runtime.Root);
            writer.WriteEndObject();
        }

        writer.WriteMap("annotations", Annotations);
        writer.WriteEndObject();
    }
}
