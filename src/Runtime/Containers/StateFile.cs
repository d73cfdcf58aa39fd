using System.Text.Json;
using System.Text.Json.Serialization;
using Devoxx.Native.Files;
using Devoxx.Native.Processes;

namespace Devoxx.Runtime.Containers;

/// <summary>
/// <c>state.json</c> of a live container in the runtime's directory: what the specification's state says, and what identifies its processes beyond
/// the reuse of pids. The status is not in it: it is found by looking at the process.
/// </summary>
internal sealed record StateFile
{
    public string OciVersion { get; init; } = "1.3.0";

    public required string Id { get; init; }

    public required int Pid { get; init; }

    /// <summary>Clock ticks after boot.</summary>
    public required ulong StartTime { get; init; }

    public required string BootId { get; init; }

    public required string Bundle { get; init; }

    /// <summary>RFC 3339.</summary>
    public required string Created { get; init; }

    public int? MonitorPid { get; init; }

    public ulong? MonitorStartTime { get; init; }

    /// <summary>Absolute, below every hierarchy.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Whether the runtime made the cgroup, and so removes it.</summary>
    public bool OwnsCgroup { get; init; }

    public string? Rootfs { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [JsonIgnore]
    public ProcessIdentity Init => new(Pid, StartTime, BootId);

    /// <summary>Writes it whole or not at all.</summary>
    public void Write(StateDirectory directory) =>
        AtomicFile.Write(directory.StatePath, JsonSerializer.SerializeToUtf8Bytes(this, RuntimeJson.Default.StateFile), durable: false);

    /// <summary>Null when there is no such container.</summary>
    public static StateFile? Read(StateDirectory directory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(directory.StatePath), RuntimeJson.Default.StateFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StateFile))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
