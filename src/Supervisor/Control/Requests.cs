using System.Collections.Immutable;
using System.Text.Json;

namespace Devoxx.Supervisor.Control;

/// <summary>Whether a service's existing containers are replaced by <c>up</c>.</summary>
public enum RecreatePolicy
{
    /// <summary>Those whose configuration or image changed.</summary>
    Changed,

    /// <summary><c>--force-recreate</c>.</summary>
    Always,

    /// <summary><c>--no-recreate</c>.</summary>
    Never,
}

/// <summary>What <c>up</c> asks for.</summary>
/// <param name="Project">The canonical model, as <c>config --format json</c> prints it.</param>
/// <param name="Services">Only these and what they depend on; empty: all.</param>
/// <param name="Scale">Replicas by service, from <c>--scale</c>.</param>
/// <param name="StopTimeoutSeconds"><c>-t</c>; null: each service's own.</param>
/// <param name="Pull"><c>--pull</c>: a pull policy over what the services say.</param>
/// <param name="QuietPull">Say nothing of how far a pull is.</param>
public sealed record UpRequest(
    JsonElement Project,
    ImmutableArray<string> Services,
    ImmutableSortedDictionary<string, int> Scale,
    RecreatePolicy Recreate = RecreatePolicy.Changed,
    bool RemoveOrphans = false,
    bool NoStart = false,
    bool NoDeps = false,
    bool RenewAnonymousVolumes = false,
    int? StopTimeoutSeconds = null,
    ImmutableArray<string> ConfigFiles = default,
    string? WorkingDirectory = null,
    string? Pull = null,
    bool QuietPull = false)
{
    /// <summary><c>--always-recreate-deps</c>: for services that are not named but depended on.</summary>
    public RecreatePolicy RecreateDependencies { get; init; } = RecreatePolicy.Changed;

    /// <summary><c>--wait</c>: answered when everything is ready.</summary>
    public bool Wait { get; init; }

    /// <summary><c>--wait-timeout</c>; null: as long as need be.</summary>
    public int? WaitTimeoutSeconds { get; init; }

    /// <summary><c>--build</c>, <c>--no-build</c>, or neither: for a dry run, since building is a request of its own.</summary>
    public bool? Build { get; init; }

    /// <summary><c>-y</c>: volumes that have changed are made anew, and their data is lost.</summary>
    public bool AssumeYes { get; init; }

    /// <summary>From what is asked for to what the planner takes.</summary>
    public Planning.UpWish ToWish() => new(
        Services.IsDefault ? [] : Services,
        Scale ?? ImmutableSortedDictionary<string, int>.Empty,
        Recreate,
        RemoveOrphans,
        NoStart,
        NoDeps,
        RenewAnonymousVolumes,
        StopTimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Pull,
        QuietPull)
    {
        RecreateDependencies = RecreateDependencies,
        Wait = Wait,
        WaitTimeout = WaitTimeoutSeconds is { } most ? TimeSpan.FromSeconds(most) : null,
        AssumeYes = AssumeYes,
        Build = Build,
    };
}

/// <summary>What <c>run</c> asks for.</summary>
/// <param name="Up">The project as the files have it, and how its dependencies are to be started; its services are not used.</param>
/// <param name="Model">The canonical model with the service as the command line has changed it.</param>
/// <param name="Service">Whose container it is.</param>
/// <param name="Name">Of the container.</param>
/// <param name="AutoRemove"><c>--rm</c>.</param>
/// <param name="HoldOutput">Nothing of the output is read before somebody is attached, for ten seconds at most.</param>
/// <param name="UseAliases">It answers to the names of its service in its networks.</param>
public sealed record RunRequest(UpRequest Up, JsonElement Model, string Service, string Name, bool AutoRemove = false, bool HoldOutput = false, bool UseAliases = false)
{
    /// <summary>From what is asked for to what the planner takes.</summary>
    public Planning.UpWish ToWish() => Up.ToWish() with { Services = [], OneOff = new Planning.OneOffWish(Service, Name, AutoRemove, HoldOutput, UseAliases) };
}

/// <summary>What <c>rm</c> asks for.</summary>
public sealed record RemoveContainersRequest(ImmutableArray<string> Services, bool Stop = false, bool Volumes = false);

/// <summary>What <c>down</c> asks for.</summary>
/// <param name="Project">The canonical model when a stack file was read: without it every container of the project goes; with it, orphans stay unless asked.</param>
/// <param name="Services">Only these; empty: the whole project.</param>
public sealed record DownRequest(
    JsonElement? Project,
    ImmutableArray<string> Services,
    bool Volumes = false,
    bool RemoveOrphans = false,
    int? StopTimeoutSeconds = null);

/// <summary>What <c>start</c>, <c>stop</c>, <c>restart</c> and <c>kill</c> ask for.</summary>
/// <param name="Services">Only these; empty: all.</param>
/// <param name="Signal"><c>kill -s</c>: a name or number; null: SIGKILL.</param>
/// <param name="Orphans">Of <c>kill</c> without services: false leaves alone what is not in the stack file any more.</param>
/// <param name="Container">Of <c>kill</c>: only the container of this name, whoever made it.</param>
public sealed record ServicesRequest(
    ImmutableArray<string> Services,
    int? StopTimeoutSeconds = null,
    string? Signal = null,
    bool NoDeps = false,
    string? Container = null,
    bool? Orphans = null);

/// <param name="Platform"><c>os/architecture[/variant]</c>; null for this machine's.</param>
/// <param name="OnlyMissing">Pull: not what the store has.</param>
public sealed record PullImagesRequest(ImmutableArray<string> Images, string? Platform = null, bool OnlyMissing = false);

/// <param name="Image">Name or id of an image in the store.</param>
/// <param name="Name">One more name for it.</param>
public sealed record TagImageRequest(string Image, string Name);

/// <summary>Images, volumes or networks, by the route.</summary>
/// <param name="Force">Of volumes and networks: one that does not exist is no error. Of images: also those that containers were made from.</param>
public sealed record RemoveRequest(ImmutableArray<string> Names, bool Force = false);

/// <param name="All">Also volumes that have a name.</param>
public sealed record PruneRequest(bool All = false);

/// <param name="Name">Null: one is made up.</param>
public sealed record CreateVolumeRequest(
    string? Name, string? Driver, ImmutableSortedDictionary<string, string> Options, ImmutableSortedDictionary<string, string> Labels);

/// <param name="Subnets">None: chosen from the pools.</param>
/// <param name="EnableIpv4">Null: yes.</param>
/// <param name="EnableIpv6">Null: if a subnet is of IPv6.</param>
public sealed record CreateNetworkRequest(
    string Name,
    string? Driver,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableArray<NetworkSubnetView> Subnets,
    bool Internal = false,
    bool Attachable = false,
    bool? EnableIpv4 = null,
    bool? EnableIpv6 = null);
