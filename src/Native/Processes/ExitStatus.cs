namespace Devoxx.Native.Processes;

/// <summary>How a process ended, from the si_code and si_status of waitid(2).</summary>
/// <param name="Code">What it passed to exit(3), 0 to 255; null when a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
/// <param name="CoreDumped">Whether the kernel wrote a core.</param>
public readonly record struct ExitStatus(int? Code, int? Signal, bool CoreDumped)
{
    /// <summary>The code as a shell reports it: 128 + n when signal n ended the process.</summary>
    public int ExitCode => Code ?? 128 + Signal!.Value;

    internal static ExitStatus Of(int siCode, int siStatus) => siCode switch
    {
        1 => new(siStatus, null, false), // CLD_EXITED
        3 => new(null, siStatus, true), // CLD_DUMPED
        _ => new(null, siStatus, false), // CLD_KILLED
    };
}
