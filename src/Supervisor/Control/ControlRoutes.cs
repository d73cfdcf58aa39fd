namespace Devoxx.Supervisor.Control;

/// <summary>
/// The paths of the control API: HTTP/1.1 with JSON over the supervisor's Unix socket. A request that changes something
/// is answered with 200 and a stream of <see cref="ControlLine"/>s, one JSON object a line, the last of which carries the
/// <see cref="Outcome"/>. A query is answered with one JSON document. A request that cannot be understood is answered
/// with 400 or 404 and a <see cref="ControlError"/>. With <c>?dryRun=true</c> a request about a project is answered by its
/// <see cref="PlanView"/> and changes nothing.
/// </summary>
public static class ControlRoutes
{
    /// <summary>GET → <see cref="VersionView"/>.</summary>
    public const string Version = "/v1/version";

    /// <summary>GET <c>?within=</c>seconds → <see cref="SettledView"/>, when nothing is under way any more, or that time is over.</summary>
    public const string Settled = "/v1/settled";

    /// <summary>GET → <see cref="ProjectView"/>[].</summary>
    public const string Projects = "/v1/projects";

    /// <summary>GET → <see cref="VolumeView"/>[].</summary>
    public const string Volumes = "/v1/volumes";

    /// <summary>GET → <see cref="NetworkView"/>[].</summary>
    public const string Networks = "/v1/networks";

    /// <summary>POST <see cref="RemoveRequest"/> → stream.</summary>
    public const string NetworkRemove = "/v1/networks/remove";

    /// <summary>POST <see cref="CreateNetworkRequest"/> → stream; the last progress has the network's id as its detail.</summary>
    public const string NetworkCreate = "/v1/networks/create";

    /// <summary>POST <see cref="PruneRequest"/>: those that no container has a lease of → stream.</summary>
    public const string NetworkPrune = "/v1/networks/prune";

    /// <summary>GET → <see cref="ImageView"/>[].</summary>
    public const string Images = "/v1/images";

    /// <summary>POST, the archive as body (docker-archive or oci-archive, gzip or not), or none and <c>?path=</c>, e.g. <c>oci:/absolute/path</c> → stream.</summary>
    public const string ImageLoad = "/v1/images/load";

    /// <summary>POST <c>?reference=</c>, a root filesystem's tar as body → stream.</summary>
    public const string ImageImport = "/v1/images/import";

    /// <summary>POST <see cref="RemoveRequest"/> → stream.</summary>
    public const string ImageRemove = "/v1/images/remove";

    /// <summary>POST <see cref="PullImagesRequest"/> → stream.</summary>
    public const string ImagePull = "/v1/images/pull";

    /// <summary>POST <see cref="PullImagesRequest"/> → stream.</summary>
    public const string ImagePush = "/v1/images/push";

    /// <summary>POST <see cref="BuildImagesRequest"/> → stream.</summary>
    public const string ImageBuild = "/v1/images/build";

    /// <summary>POST <see cref="TagImageRequest"/> → stream.</summary>
    public const string ImageTag = "/v1/images/tag";

    /// <summary>POST <c>?all=true</c>, no body → stream.</summary>
    public const string ImagePrune = "/v1/images/prune";

    /// <summary>GET <c>?image=</c> → <see cref="ImageStepView"/>[], newest first.</summary>
    public const string ImageHistory = "/v1/images/history";

    /// <summary>GET <c>?image=</c> → <see cref="ImageDetails"/>.</summary>
    public const string ImageInspect = "/v1/images/inspect";

    /// <summary>GET <c>?image=</c>, any number of them → the archive, as `docker save` writes it.</summary>
    public const string ImageSave = "/v1/images/save";

    /// <summary>POST <see cref="RemoveRequest"/> → stream.</summary>
    public const string VolumeRemove = "/v1/volumes/remove";

    /// <summary>POST <see cref="CreateVolumeRequest"/> → stream; the last progress is about the volume by its name.</summary>
    public const string VolumeCreate = "/v1/volumes/create";

    /// <summary>POST <see cref="PruneRequest"/>: anonymous ones, or all, that no container has → stream.</summary>
    public const string VolumePrune = "/v1/volumes/prune";

    /// <summary>POST, no body: the supervisor leaves, containers run on → 204.</summary>
    public const string Shutdown = "/v1/shutdown";

    /// <summary>POST <see cref="UpRequest"/> → stream.</summary>
    public static string Up(string project) => $"{Projects}/{project}/up";

    /// <summary>POST <see cref="RunRequest"/> → stream.</summary>
    public static string Run(string project) => $"{Projects}/{project}/run";

    /// <summary>POST <see cref="RemoveContainersRequest"/> → stream.</summary>
    public static string Remove(string project) => $"{Projects}/{project}/remove";

    /// <summary>POST <see cref="CommitRequest"/> → stream; the last progress has the new image's id as its detail.</summary>
    public static string Commit(string project) => $"{Projects}/{project}/commit";

    /// <summary>GET → <see cref="UsageView"/>[]: what each container that runs has used by now.</summary>
    public static string Usage(string project) => $"{Projects}/{project}/usage";

    /// <summary>GET → <see cref="ProcessesView"/>[]: the processes of each container that runs.</summary>
    public static string Processes(string project) => $"{Projects}/{project}/processes";

    /// <summary>POST <see cref="DownRequest"/> → stream.</summary>
    public static string Down(string project) => $"{Projects}/{project}/down";

    /// <summary>POST <see cref="ServicesRequest"/> → stream. Verb: <c>start</c>, <c>stop</c>, <c>restart</c>, <c>kill</c>, <c>pause</c> or <c>unpause</c>.</summary>
    public static string Services(string project, string verb) => $"{Projects}/{project}/{verb}";

    /// <summary>GET → <see cref="ContainerView"/>[], all states, ordered by service and number.</summary>
    public static string Containers(string project) => $"{Projects}/{project}/containers";

    /// <summary>GET → <see cref="ContainerFilesView"/>[], ordered by service and number.</summary>
    public static string Files(string project) => $"{Projects}/{project}/files";

    /// <summary>GET → stream of <see cref="ContainerView"/>: first every container as it is, then each again whenever it changes, without end.</summary>
    public static string Watch(string project) => $"{Projects}/{project}/watch";
}
