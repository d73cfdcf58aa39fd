namespace Devoxx.Orchestrator.Verbs;

/// <summary>
/// What <c>--dry-run</c> means to each verb. One that is in neither list refuses it: better no answer than a change that was
/// not to be.
/// </summary>
internal static class DryRuns
{
    /// <summary>Change nothing anyway.</summary>
    private static readonly HashSet<string> Readers =
    [
        "config", "events", "image history", "image inspect", "image ls", "image save", "images", "journal check", "logs", "ls", "network inspect", "network ls", "plan", "port",
        "ps", "stats", "supervisor status", "top", "version", "volume inspect", "volume ls", "volumes", "wait", "why",
    ];

    /// <summary>Print what they would do.</summary>
    private static readonly HashSet<string> Foretellers =
    [
        "create", "down", "image pull", "image push", "image rm", "image tag", "kill", "network create", "network prune", "network rm", "pause", "pull", "push", "restart", "rm", "run", "scale", "start", "stop", "unpause", "up",
        "supervisor install", "supervisor uninstall", "volume create", "volume prune", "volume rm",
    ];

    /// <summary>Without <c>--dry-run</c> it would change something.</summary>
    public static bool IsChange(Verb verb) => !Readers.Contains(verb.Name);

    /// <exception cref="CommandFailedException">The verb would change something, and cannot tell what.</exception>
    public static void Check(Verb verb)
    {
        if (!Readers.Contains(verb.Name) && !Foretellers.Contains(verb.Name))
        {
            throw new CommandFailedException($"--dry-run: {verb.Name} has no dry run: it cannot tell beforehand what it will do, and has done nothing");
        }
    }
}
