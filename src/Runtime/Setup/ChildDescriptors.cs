using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>Descriptors of the parent that the child works with; −1 where there is none.</summary>
internal sealed record ChildDescriptors
{
    /// <summary>Where a failure is reported: the writing end of a close-on-exec pipe.</summary>
    public required int Errors { get; init; }

    /// <summary>The <c>tasks</c> files of the cgroup in v1 hierarchies: the child writes itself into them.</summary>
    public IReadOnlyList<int> CgroupTasks { get; init; } = [];

    /// <summary>What become 0, 1 and 2; −1 keeps what is there.</summary>
    public int Stdin { get; init; } = -1;

    public int Stdout { get; init; } = -1;

    public int Stderr { get; init; } = -1;

    /// <summary>The Unix socket that the terminal's master is sent over.</summary>
    public int ConsoleSocket { get; init; } = -1;

    /// <summary>The terminal's output goes into a file or a pipe of ours: there lines end as the command ends them.</summary>
    public bool EndsLinesPlainly { get; init; }

    /// <summary>An O_PATH descriptor of the fifo that <c>start</c> opens; −1 starts at once.</summary>
    public int StartFifo { get; init; } = -1;

    /// <summary>With <see cref="StartFifo"/>: a handler that ends the process, for the signals that do; 0: none, so that a first process is deaf to them.</summary>
    public nint EndingHandler { get; init; }

    /// <summary>Where the parent answers when the child waits for it (<see cref="ChildStage"/>); −1 when it never does.</summary>
    public int Resume { get; init; } = -1;

    /// <summary>The parent's end of it, which the child has inherited and closes: so that it sees its parent's death.</summary>
    public int ResumeOther { get; init; } = -1;

    /// <summary>What the <c>createContainer</c> hooks read; −1 when there is none.</summary>
    public int CreatingState { get; init; } = -1;

    /// <summary>What the <c>startContainer</c> hooks read; −1 when there is none.</summary>
    public int CreatedState { get; init; } = -1;

    /// <summary>Sources of bind mounts that the parent has opened, as detached mounts, by the place of their mount in config.json.</summary>
    public IReadOnlyDictionary<int, int>? Sources { get; init; }

    /// <summary>The root filesystem that the parent has opened, as a detached mount; −1: the child opens it.</summary>
    public int RootTree { get; init; } = -1;

    /// <summary>All of them that are needed when the cgroup has been joined; the standard descriptors and the preserved ones not among them.</summary>
    private IEnumerable<int> Needed => [Errors, Stdin, Stdout, Stderr, ConsoleSocket, StartFifo, Resume, CreatingState, CreatedState, RootTree, .. Sources?.Values ?? []];

    /// <summary>
    /// Appends the closing of every other descriptor that came with the child: what is ours, or of whoever started us, must not be found in /proc by who joins a container
    /// that waits to be started (the class of CVE-2024-21626).
    /// </summary>
    /// <param name="more">One more that is needed; −1: none.</param>
    public void CloseOthers(OperationList operations, int more = -1)
    {
        var first = 3 + Preserved;
        foreach (var fd in Needed.Append(more).Where(fd => fd >= first).Distinct().Order())
        {
            Close(operations, first, fd - 1);
            first = fd + 1;
        }

        Close(operations, first, int.MaxValue);
    }

    private static void Close(OperationList operations, int first, int last)
    {
        if (first <= last)
        {
            // ENOSYS: before Linux 5.9.
            operations.Syscall(Nr.close_range, "close_range", $"{first} and following", null, first, last, 0).Tolerate(Linux.ENOSYS);
        }
    }

    /// <summary>How many descriptors from 3 on the command inherits (<c>--preserve-fds</c>).</summary>
    public int Preserved { get; init; }
}
