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
}

/// <summary>A command that is crashed at every point it reaches.</summary>
/// <param name="From">What there has to be before.</param>
/// <param name="To">What there is when it has succeeded.</param>
public sealed record CrashedCommand(string Name, StackSize From, StackSize To, params string[] Arguments)
{
    /// <summary>Every process of the sandbox is killed first: what is crashed is the recovery from that.</summary>
    public bool AfterDeathOfAll { get; init; }

    /// <summary>The supervisor is told to leave when the command is over.</summary>
    public bool Leaves { get; init; }

    /// <summary>What it asks for may be so already, which it says: how it ends is of no account, only what there is.</summary>
    public bool MayBeSo { get; init; }

    /// <summary>Only points of which this is a part; null: all it reaches.</summary>
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
        new("signal", StackSize.One, StackSize.One, "kill", "-s", "CONT", "web"),
        new("exec", StackSize.One, StackSize.One, "exec", "-T", "web", "true") { Only = "exec." },
        new("stats", StackSize.One, StackSize.One, "stats", "--no-stream") { Only = "ImmutableArray." },
        new("run", StackSize.One, StackSize.One, "run", "--rm", "-d", "--no-deps", "job", "true"),
        new("run of nothing", StackSize.One, StackSize.One, "run", "--rm", "-d", "--no-deps", "job", "/does/not/exist") { MayBeSo = true },
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
    ];
}

/// <summary>One crash: at this point, the n-th time the command comes to it.</summary>
public sealed record Crash(CrashedCommand Command, string Point, int Time)
{
    public override string ToString() => $"{Command.Name} with DEVOXX_FAILPOINT='{Point}:{Time}=kill'";
}
