using System.Collections.Immutable;

namespace Devoxx.Supervisor.Control;

/// <summary>One line of a stream: progress; what a hook writes; of a dry run, the plan; or, last, the outcome.</summary>
public sealed record ControlLine(Progress? Progress = null, Outcome? Outcome = null, PlanView? Plan = null, HookLine? Hook = null);

/// <summary>A line that a hook of a container has written.</summary>
/// <param name="Container">Its name without the project's: <c>web-1</c>.</param>
public sealed record HookLine(string Service, string Container, string Text);

/// <summary>What would be done, in an order that holds.</summary>
/// <param name="Unchanged">Containers that are as wanted.</param>
public sealed record PlanView(ImmutableArray<PlannedStep> Operations, ImmutableArray<string> Unchanged);

/// <summary>One effect of a plan.</summary>
/// <param name="Id">Its number, from 1; 0 of a pull or build, which comes before all others.</param>
/// <param name="Action"><c>pull</c>, <c>build</c>, <c>create</c>, <c>start</c>, <c>stop</c>, <c>kill</c>, <c>pause</c>, <c>unpause</c>, <c>remove</c>, …</param>
/// <param name="Kind">Of what: <c>container</c>, <c>volume</c>, <c>network</c>, <c>image</c>.</param>
/// <param name="Cause">Why.</param>
/// <param name="After">Numbers of those that must have succeeded first.</param>
public sealed record PlannedStep(int Id, string Action, string Kind, string Name, string Cause, ImmutableArray<int> After);

/// <summary>What is happening to one thing, in the words of <c>docker compose</c>.</summary>
/// <param name="Kind"><c>Container</c>, <c>Volume</c>, <c>Image</c>, <c>Network</c>.</param>
/// <param name="Name">Its name, e.g. <c>shop-web-1</c>.</param>
/// <param name="Status"><c>Creating</c>, <c>Created</c>, <c>Starting</c>, <c>Started</c>, <c>Running</c>, <c>Recreate</c>, <c>Recreated</c>, <c>Stopping</c>, <c>Stopped</c>, <c>Removing</c>, <c>Removed</c>, <c>Pulling</c>, <c>Pulled</c>, <c>Waiting</c>, <c>Error</c>, …</param>
/// <param name="Detail">Why, or how far: for people.</param>
/// <param name="Done">Nothing more will be said of this thing in this step.</param>
public sealed record Progress(string Kind, string Name, string Status, string? Detail = null, bool Done = false, bool Failed = false, long? Current = null, long? Total = null);

/// <summary>How a request ended.</summary>
/// <param name="Errors">One per thing that failed, for people; empty when all went well.</param>
public sealed record Outcome(ImmutableArray<string> Errors, ImmutableArray<string> Warnings)
{
    public bool Succeeded => Errors.IsEmpty;

    public static Outcome Success { get; } = new([], []);

    public static Outcome Failure(params ImmutableArray<string> errors) => new(errors, []);
}

/// <summary>Why a request was refused.</summary>
public sealed record ControlError(string Error);

/// <summary>Whether the supervisor has come to rest.</summary>
/// <param name="UnderWay">What it was in the middle of when it had not, each as a sentence; empty when it has.</param>
public sealed record SettledView(bool Settled, ImmutableArray<string> UnderWay);

public sealed record VersionView(string Version, int Pid, string Root, DateTimeOffset StartedAt);

/// <summary>A project as <c>ls</c> shows it.</summary>
/// <param name="Status">e.g. <c>running(2), exited(1)</c>.</param>
public sealed record ProjectView(string Name, string Status, ImmutableArray<string> ConfigFiles, int Running, int Total);

/// <summary>A container as <c>ps</c> shows it.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="State"><c>created</c>, <c>running</c>, <c>restarting</c>, <c>exited</c>, <c>dead</c>, <c>removing</c>, <c>paused</c>.</param>
/// <param name="Status">For people: <c>Up 3 seconds</c> is made of it by the reader from the times; this is the reason: <c>out of memory (limit 16 MiB)</c>, <c>next start in 800 ms, attempt 3 of 5</c>; empty when there is nothing to say.</param>
/// <param name="LogDirectory">Where <c>log</c>, <c>log.1</c>, … are.</param>
/// <param name="Run">How many times it has been started, this run included.</param>
public sealed record ContainerView(
    string Id,
    string Name,
    string Project,
    string Service,
    int Number,
    string Image,
    string ImageId,
    ImmutableArray<string> Command,
    string State,
    string Status,
    string? Health,
    int? ExitCode,
    int? Signal,
    bool OutOfMemory,
    int? Pid,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int Run,
    int RestartCount,
    string LogDirectory,
    bool Tty,
    bool StdinOpen,
    ImmutableArray<string> Networks,
    ImmutableArray<string> Mounts,
    ImmutableSortedDictionary<string, string> Labels)
{
    /// <summary>Its addresses and host ports, while it runs.</summary>
    public Devoxx.Supervisor.Networks.ContainerConnections? Connections { get; init; }

    /// <summary>How long it has run, by a clock that nobody sets; null: it does not run.</summary>
    public TimeSpan? UpFor { get; init; }

    /// <summary>Processes of this run that the kernel has killed for want of memory, while the container lived on.</summary>
    public int MemoryKills { get; init; }

    /// <summary>Ports it listens on, published or not: <c>80/tcp</c>.</summary>
    public ImmutableArray<string> Exposed { get; init; } = [];

    /// <summary>Where its cgroup is, from the root of each hierarchy.</summary>
    public string Cgroup { get; init; } = "";

    /// <summary>Made by <c>run</c>: no replica of its service.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOneOff => Labels.GetValueOrDefault("com.docker.compose.oneoff") == "True";
}

/// <summary>A volume as <c>volume ls</c> and <c>volume inspect</c> show it.</summary>
public sealed record VolumeView(
    string Name,
    string Driver,
    string Mountpoint,
    bool Anonymous,
    bool Mounted,
    DateTimeOffset CreatedAt,
    string? Project,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableArray<string> UsedBy);

/// <param name="Size">Bytes of its layers on disk.</param>
/// <param name="Digests">Names with the digests that registries have it under.</param>
public sealed record ImageView(
    string Id, ImmutableArray<string> References, long Size, DateTimeOffset? CreatedAt, ImmutableArray<string> UsedBy, string? Platform = null, ImmutableArray<string> Digests = default)
{
    /// <summary>Where its names stand for an image of each of several platforms: those platforms.</summary>
    public ImmutableArray<string> Platforms { get; init; } = [];

    /// <summary>One of several that a name stands for, without a name of its own.</summary>
    public bool IsPart { get; init; }
}

/// <summary>One step in the making of an image.</summary>
/// <param name="Size">Bytes of files that it added.</param>
public sealed record ImageStepView(DateTimeOffset? CreatedAt, string CreatedBy, long Size, string Comment);

/// <param name="CheckedAt">When a registry was last asked for it.</param>
/// <param name="Layers">Directories in overlayfs form, base first.</param>
/// <param name="Configuration">As the image specification has it.</param>
public sealed record ImageDetails(
    string Id, ImmutableArray<string> References, long Size, DateTimeOffset? CreatedAt, string Platform, DateTimeOffset? CheckedAt, ImmutableArray<string> Layers, System.Text.Json.JsonElement Configuration)
{
    /// <summary>Names with the digests that registries have it under.</summary>
    public ImmutableArray<string> Digests { get; init; } = [];

    /// <summary>Where its names stand for an image of each of several platforms: those platforms.</summary>
    public ImmutableArray<string> Platforms { get; init; } = [];
}
