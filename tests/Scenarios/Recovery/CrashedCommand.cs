namespace Devoxx.Scenarios.Recovery;

/// <summary>Which stack there is, and how much of it.</summary>
public enum StackSize
{
    Down,
    One,
    Two,
    Stopped,
    Paused,

    /// <summary>All that goes wrong has gone wrong, and is over.</summary>
    Troubled,
    Rolling,
    Rolled,

    /// <summary>Made by another runtime.</summary>
    Foreign,
}

/// <summary>A command that is crashed at every point it reaches.</summary>
/// <param name="From">What there has to be before.</param>
/// <param name="To">What there is when it has succeeded.</param>
public sealed record CrashedCommand(string Name, StackSize From, StackSize To, params string[] Arguments)
{
    /// <summary>Every process of the sandbox is killed first: what is crashed is the recovery from that.</summary>
    public bool AfterDeathOfAll { get; init; }

    /// <summary>An earlier command has been crashed: at this point, with these arguments. What is crashed is the recovery from that.</summary>
    public (string Point, string[] Arguments)? AfterCrash { get; init; }

    /// <summary>What else the failpoints are told, e.g. what is to fail, so that it comes to what is done then.</summary>
    public string? Besides { get; init; }

    /// <summary>The monitor of <c>web</c> is stopped (SIGSTOP) first.</summary>
    public bool StopsMonitor { get; init; }

    /// <summary>There is an image <c>made:1</c> of <c>web</c>.</summary>
    public bool Commits { get; init; }

    /// <summary>Takes ten seconds and more each time: not without being asked for all.</summary>
    public bool IsSlow { get; init; }

    /// <summary>The supervisor is told to leave when the command is over.</summary>
    public bool Leaves { get; init; }

    /// <summary>What it asks for may be so already, which it says: how it ends is of no account, only what there is.</summary>
    public bool MayBeSo { get; init; }

    /// <summary>Only points of which this, or one of several separated by bars, is a part; null: all it reaches.</summary>
    public string? Only { get; init; }

    /// <summary>How many events there are between snapshots; null: as many as people have.</summary>
    public int? SnapshotEvery { get; init; }

    /// <summary>Commands whose crashes leave the stack where others begin, so that little has to be made ready.</summary>
    public static IReadOnlyList<CrashedCommand> All { get; } =
    [
        new("up", StackSize.Down, StackSize.One, "up", "-d"),
        new("up with snapshots", StackSize.Down, StackSize.One, "up", "-d") { SnapshotEvery = 1, Only = ".state.v1." },
        new("restart", StackSize.One, StackSize.One, "restart", "-t", "3"),
        new("recreate", StackSize.One, StackSize.One, "up", "-d", "--force-recreate", "-t", "3"),
        new("recovery", StackSize.One, StackSize.One, "start") { AfterDeathOfAll = true },
        new("leave", StackSize.One, StackSize.One, "ps") { Leaves = true, Only = "supervisor.leaving" },
        new("recovery from a crash in a start", StackSize.One, StackSize.One, "start") { AfterCrash = ("journal.container.started.v1.before", ["restart", "-t", "3"]) },
        new("recovery from a crash in a hook", StackSize.One, StackSize.One, "start") { AfterCrash = ("HookRun.Start.after", ["restart", "-t", "3"]) },
        new("recovery from a crash in down", StackSize.One, StackSize.Down, "down", "-v", "-t", "3") { AfterCrash = ("journal.volume.remove-requested.v1.after", ["down", "-v", "-t", "3"]) },
        new("up with a volume that cannot be made", StackSize.Down, StackSize.One, "up", "-d") { Besides = "volume.create.before=ENOSPC", Only = "volume.discard|not-created" },
        new("pause that fails", StackSize.One, StackSize.Paused, "pause", "web") { Besides = "CgroupEffects.Freeze.before=EBUSY", Only = "not-frozen", MayBeSo = true },
        new("kill with a monitor that is stopped", StackSize.One, StackSize.Stopped, "kill") { StopsMonitor = true, IsSlow = true, Only = "container.monitor-killed", MayBeSo = true },
        new("signal", StackSize.One, StackSize.One, "kill", "-s", "CONT", "web"),
        new("exec", StackSize.One, StackSize.One, "exec", "-T", "web", "true") { Only = "exec." },
        new("stats", StackSize.One, StackSize.One, "stats", "--no-stream") { Only = "ImmutableArray." },
        new("commit", StackSize.One, StackSize.One, "commit", "web", "made:1"),
        new("image rm", StackSize.One, StackSize.One, "image", "rm", "--force", "made:1") { Commits = true, Only = "image.", MayBeSo = true },
        new("run", StackSize.One, StackSize.One, "run", "--rm", "-d", "--no-deps", "job", "true"),
        new("run of nothing", StackSize.One, StackSize.One, "run", "--rm", "-d", "--no-deps", "job", "/does/not/exist") { MayBeSo = true },
        new("run in the foreground", StackSize.One, StackSize.One, "run", "--rm", "-T", "--no-deps", "job", "true"),
        new("scale up", StackSize.One, StackSize.Two, "up", "-d", "--scale", "web=2"),
        new("scale down", StackSize.Two, StackSize.One, "up", "-d", "--scale", "web=1", "-t", "3"),
        new("pause", StackSize.One, StackSize.Paused, "pause", "web") { MayBeSo = true },
        new("unpause", StackSize.Paused, StackSize.One, "unpause", "web") { MayBeSo = true },
        new("stop", StackSize.One, StackSize.Stopped, "stop", "-t", "3"),
        new("kill", StackSize.One, StackSize.Stopped, "kill") { MayBeSo = true },
        new("start", StackSize.Stopped, StackSize.One, "start"),
        new("down -v", StackSize.One, StackSize.Down, "down", "-v", "-t", "3"),
        new("trouble", StackSize.Down, StackSize.Troubled, "-f", CrashingStackFiles.Trouble, "up", "-d") { MayBeSo = true },
        new("up in order", StackSize.Down, StackSize.Rolling, "-f", CrashingStackFiles.Rolling, "up", "-d"),
        new("update", StackSize.Rolling, StackSize.Rolled, "-f", CrashingStackFiles.Rolled, "up", "-d"),
        new("up of another runtime", StackSize.Down, StackSize.Foreign, "-f", CrashingStackFiles.Foreign, "up", "-d"),
        new("exec of another runtime", StackSize.Foreign, StackSize.Foreign, "-f", CrashingStackFiles.Foreign, "exec", "-T", "web", "true"),
        new("restart of another runtime", StackSize.Foreign, StackSize.Foreign, "-f", CrashingStackFiles.Foreign, "restart", "-t", "3"),
        new("recovery of another runtime", StackSize.Foreign, StackSize.Foreign, "-f", CrashingStackFiles.Foreign, "start") { AfterDeathOfAll = true },
        new("recovery from a crash in a start of another runtime", StackSize.Foreign, StackSize.Foreign, "-f", CrashingStackFiles.Foreign, "start") { AfterCrash = ("monitor.launch.after", ["restart", "-t", "3"]) },
        new("down -v of another runtime", StackSize.Foreign, StackSize.Down, "-f", CrashingStackFiles.Foreign, "down", "-v", "-t", "3"),
    ];

    private static CrashedCommand Named(string name) => All.Single(command => command.Name == name);

    /// <summary>Those in which calls are let fail.</summary>
    public static IReadOnlyList<CrashedCommand> Failing { get; } = [Named("up"), Named("down -v"), Named("up of another runtime"), Named("restart")];

    /// <summary>Those in which processes are stopped.</summary>
    public static IReadOnlyList<CrashedCommand> Stopping { get; } = [Named("up"), Named("restart"), Named("up of another runtime")];
}

/// <summary>What is done to the process that comes to this point, the n-th time the command does.</summary>
/// <param name="Action"><c>kill</c>, <c>stop</c>, or the name of the errno that it fails with.</param>
public sealed record Crash(CrashedCommand Command, string Point, int Time, string Action = "kill")
{
    public string Failpoint => $"{Point}:{Time}={Action}";

    public override string ToString() => $"{Command.Name} with DEVOXX_FAILPOINT='{Failpoint}'";
}
