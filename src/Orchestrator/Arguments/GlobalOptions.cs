namespace Devoxx.Orchestrator.Arguments;

/// <summary>The options that every verb has. Given both before and after the verb, lists add up and single values are taken from the later place.</summary>
internal sealed class GlobalOptions(ParsedArguments before, ParsedArguments after)
{
    public static readonly ListFlag File = new("file", 'f', "Compose configuration files");
    public static readonly SwitchFlag Compatibility = new("compatibility", null, "Run compose in backward compatibility mode") { Hidden = true };
    public static readonly NumberFlag Parallel = new("parallel", null, "Control max parallelism, -1 for unlimited") { Least = -1, Hidden = true };
    public static readonly TextFlag ProjectName = new("project-name", 'p', "Project name");
    public static readonly TextFlag ProjectDirectory = new("project-directory", null, "Specify an alternate working directory (default: the path of the first Compose file)");
    public static readonly ListFlag EnvFile = new("env-file", null, "Specify an alternate environment file");
    public static readonly ListFlag Profile = new("profile", null, "Specify a profile to enable");
    public static readonly SwitchFlag AllResources = new("all-resources", null, "Include all resources, even those not used by services");
    public static readonly SwitchFlag DryRun = new("dry-run", null, "Execute command in dry run mode");
    public static readonly TextFlag Progress = new("progress", null, "Set type of progress output (auto, tty, plain, json, quiet)") { Choices = ["auto", "tty", "plain", "json", "quiet"] };
    public static readonly TextFlag Ansi = new("ansi", null, "Control when to print ANSI control characters (never, always, auto)") { Choices = ["never", "always", "auto"] };
    public static readonly TextFlag Root = new("root", null, "State directory (default: DEVOXX_ROOT, else /var/lib/devoxx)");
    public static readonly SwitchFlag Help = new("help", 'h', "Show help") { Hidden = true };

    private static readonly ListFlag LongFile = File with { Short = null };
    private static readonly TextFlag LongProjectName = ProjectName with { Short = null };

    /// <summary>In the order of <c>--help</c>.</summary>
    public static IReadOnlyList<Flag> Flags => [AllResources, Ansi, Compatibility, DryRun, EnvFile, File, Parallel, Profile, Progress, ProjectDirectory, ProjectName, Root, Help];

    /// <summary>The same option by its long name only, for a verb that has another use for the letter (<c>logs -f</c>).</summary>
    public static Flag WithoutLetter(Flag flag) => flag == File ? LongFile : flag == ProjectName ? LongProjectName
        : throw new ArgumentException($"{flag.Display} has no form without its letter", nameof(flag));

    public IReadOnlyList<string> Files => [.. before.Values(File), .. after.Values(File), .. after.Values(LongFile)];

    public string? Project => after.Value(ProjectName) ?? after.Value(LongProjectName) ?? before.Value(ProjectName);

    public string? Directory => after.Value(ProjectDirectory) ?? before.Value(ProjectDirectory);

    public IReadOnlyList<string> EnvFiles => [.. before.Values(EnvFile), .. after.Values(EnvFile)];

    public IReadOnlyList<string> Profiles => [.. before.Values(Profile), .. after.Values(Profile)];

    public bool EveryResource => before.Has(AllResources) || after.Has(AllResources);

    /// <summary>Options of the reference that are understood and have no effect; to be told by name.</summary>
    public IEnumerable<string> WithoutEffect()
    {
        if (before.Has(Compatibility) || after.Has(Compatibility))
        {
            yield return "--compatibility has no effect: names are joined by -, never by _";
        }

        if (before.Given(Parallel) || after.Given(Parallel))
        {
            yield return "--parallel has no effect: whatever does not wait for something else is done at once";
        }
    }

    /// <summary>Say what would be done, and do nothing.</summary>
    public bool IsDryRun => before.Has(DryRun) || after.Has(DryRun);

    public string ProgressMode => after.Value(Progress) ?? before.Value(Progress) ?? Environment.GetEnvironmentVariable("COMPOSE_PROGRESS") ?? "auto";

    public string AnsiMode => after.Value(Ansi) ?? before.Value(Ansi) ?? Environment.GetEnvironmentVariable("COMPOSE_ANSI") ?? "auto";

    /// <summary>Null: where <c>DEVOXX_ROOT</c> says, or the default.</summary>
    public string? StateRoot => after.Value(Root) ?? before.Value(Root);
}
