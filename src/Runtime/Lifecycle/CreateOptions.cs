using Devoxx.Oci;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>What <c>create</c> and <c>run</c> were asked for.</summary>
internal sealed record CreateOptions(string Id, string Root, string Bundle)
{
    /// <summary>Another file than <c>config.json</c>, relative to the bundle.</summary>
    public string? Config { get; init; }

    public string? PidFile { get; init; }

    /// <summary>The socket that the first process's pidfd is sent over; null: none.</summary>
    public string? PidFdSocket { get; init; }

    /// <summary>Move the root over the old one instead of exchanging them: what works where <c>/</c> is the initial ramfs (pivot_root(2)).</summary>
    public bool NoPivot { get; init; }

    public string? ConsoleSocket { get; init; }

    public int PreservedFds { get; init; }

    public bool NewKeyring { get; init; } = true;

    public bool SystemdCgroup { get; init; }

    /// <summary>A terminal that is relayed to ours; of <c>run</c> in the foreground.</summary>
    public int OwnConsoleSocket { get; init; } = -1;

    /// <summary>Of that terminal, unless config.json says one.</summary>
    public ConsoleSize? ConsoleSize { get; init; }
}
