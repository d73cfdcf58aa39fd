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

    /// <summary>An O_PATH descriptor of the fifo that <c>start</c> opens; −1 starts at once.</summary>
    public int StartFifo { get; init; } = -1;

    /// <summary>How many descriptors from 3 on the command inherits (<c>--preserve-fds</c>).</summary>
    public int Preserved { get; init; }
}
