namespace Devoxx.Orchestrator.Verbs;

/// <summary>All verbs by name. A verb is constructed only when it is asked for: a new one is a line in each of the two lists.</summary>
internal static class VerbTable
{
    /// <summary>In the order of <c>--help</c>.</summary>
    public static IReadOnlyList<string> Names =>
    [
        "config", "down", "events", "exec", "image history", "image import", "image inspect", "image load", "image ls", "image prune", "image pull",
        "image push", "image rm", "image save", "image tag", "journal backup", "journal check", "journal repair", "kill", "logs", "ls", "network inspect", "network ls", "network prune", "network rm", "port", "ps", "pull", "push",
        "restart", "start", "stop", "supervisor", "up", "version", "volume inspect", "volume ls", "volume rm", "why",
    ];

    public static Verb? Find(string name) => name switch
    {
        "config" or "convert" => new ConfigVerb(),
        "down" => new DownVerb(),
        "events" => new EventsVerb(),
        "exec" => new ExecVerb(),
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
        "journal backup" => new JournalBackupVerb(),
        "journal check" => new JournalCheckVerb(),
        "journal repair" => new JournalRepairVerb(),
        "kill" => new KillVerb(),
        "logs" => new LogsVerb(),
        "ls" => new ListVerb(),
        "network inspect" => new NetworkInspectVerb(),
        "network ls" or "network list" => new NetworkListVerb(),
        "network prune" => new NetworkPruneVerb(),
        "network rm" or "network remove" => new NetworkRemoveVerb(),
        "port" => new PortVerb(),
        "ps" => new PsVerb(),
        "pull" => new PullVerb(),
        "push" => new PushVerb(),
        "restart" => new RestartVerb(),
        "start" => new StartVerb(),
        "stop" => new StopVerb(),
        "supervisor" => new SupervisorVerb(),
        "up" => new UpVerb(),
        "version" => new VersionVerb(),
        "volume inspect" => new VolumeInspectVerb(),
        "volume ls" or "volume list" => new VolumeListVerb(),
        "volume rm" or "volume remove" => new VolumeRemoveVerb(),
        "why" => new WhyVerb(),
        _ => null,
    };

    public static bool IsGroup(string name) => name is "image" or "journal" or "network" or "volume";

    public static string GroupSummary(string group) => group switch
    {
        "image" => "List, pull, load, save and remove images",
        "journal" => "Check, back up and repair the journal",
        "network" => "List, inspect and remove networks",
        _ => "List, inspect and remove volumes",
    };
}
