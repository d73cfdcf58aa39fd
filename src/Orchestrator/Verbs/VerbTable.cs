namespace Devoxx.Orchestrator.Verbs;

/// <summary>All verbs by name. A verb is constructed only when it is asked for: a new one is a line in each of the two lists.</summary>
internal static class VerbTable
{
    /// <summary>In the order of <c>--help</c>.</summary>
    public static IReadOnlyList<string> Names =>
    [
        "attach", "build", "commit", "config", "cp", "create", "down", "events", "exec", "export", "image history", "image import", "image inspect", "image load", "image ls", "image prune", "image pull",
        "image push", "image rm", "image save", "image tag", "images", "journal backup", "journal check", "journal repair", "kill", "logs", "ls", "network create", "network inspect", "network ls", "network prune", "network rm", "pause", "plan", "port", "ps", "pull", "push",
        "restart", "rm", "run", "scale", "start", "stats", "stop", "supervisor", "supervisor install", "supervisor settle", "supervisor status", "supervisor uninstall", "top", "unpause",
        "up", "version", "volume create", "volume inspect", "volume ls", "volume prune", "volume rm", "volumes", "wait", "why",
    ];

    public static Verb? Find(string name) => name switch
    {
        "attach" => new AttachVerb(),
        "build" => new BuildVerb(),
        "commit" => new CommitVerb(),
        "config" or "convert" => new ConfigVerb(),
        "cp" => new CopyVerb(),
        "create" => new CreateVerb(),
        "down" => new DownVerb(),
        "events" => new EventsVerb(),
        "exec" => new ExecVerb(),
        "export" => new ExportVerb(),
        "image history" => new ImageHistoryVerb(),
        "image inspect" => new ImageInspectVerb(),
        "image prune" => new ImagePruneVerb(),
        "image pull" => new ImagePullVerb(),
        "image push" => new ImagePushVerb(),
        "image save" => new ImageSaveVerb(),
        "image tag" => new ImageTagVerb(),
        "image import" => new ImageImportVerb(),
        "image load" => new ImageLoadVerb(),
        "image ls" or "image list" => new ImageListVerb(),
        "image rm" or "image remove" => new ImageRemoveVerb(),
        "images" => new ImagesVerb(),
        "journal backup" => new JournalBackupVerb(),
        "journal check" => new JournalCheckVerb(),
        "journal repair" => new JournalRepairVerb(),
        "kill" => new KillVerb(),
        "logs" => new LogsVerb(),
        "ls" => new ListVerb(),
        "network create" => new NetworkCreateVerb(),
        "network inspect" => new NetworkInspectVerb(),
        "network ls" or "network list" => new NetworkListVerb(),
        "network prune" => new NetworkPruneVerb(),
        "network rm" or "network remove" => new NetworkRemoveVerb(),
        "port" => new PortVerb(),
        "pause" => new PauseVerb(),
        "plan" => new PlanVerb(),
        "ps" => new PsVerb(),
        "pull" => new PullVerb(),
        "push" => new PushVerb(),
        "restart" => new RestartVerb(),
        "rm" => new RemoveVerb(),
        "run" => new RunVerb(),
        "scale" => new ScaleVerb(),
        "start" => new StartVerb(),
        "stats" => new StatsVerb(),
        "stop" => new StopVerb(),
        "supervisor" => new SupervisorVerb(),
        "supervisor install" => new SupervisorInstallVerb(),
        "supervisor settle" => new SupervisorSettleVerb(),
        "supervisor status" => new SupervisorStatusVerb(),
        "supervisor uninstall" => new SupervisorUninstallVerb(),
        "top" => new TopVerb(),
        "unpause" => new UnpauseVerb(),
        "up" => new UpVerb(),
        "version" => new VersionVerb(),
        "volume create" => new VolumeCreateVerb(),
        "volume inspect" => new VolumeInspectVerb(),
        "volume ls" or "volume list" => new VolumeListVerb(),
        "volume prune" => new VolumePruneVerb(),
        "volume rm" or "volume remove" => new VolumeRemoveVerb(),
        "volumes" => new VolumesVerb(),
        "wait" => new WaitVerb(),
        "why" => new WhyVerb(),
        _ => null,
    };

    public static bool IsGroup(string name) => name is "image" or "journal" or "network" or "volume";

    public static string GroupSummary(string group) => group switch
    {
        "image" => "List, pull, load, save and remove images",
        "journal" => "Check, back up and repair the journal",
        "network" => "Create, list, inspect and remove networks",
        "supervisor" => "Install the supervisor as a service, so that stacks come back at boot",
        _ => "Create, list, inspect and remove volumes",
    };
}
