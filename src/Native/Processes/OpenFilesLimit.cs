namespace Devoxx.Native.Processes;

/// <summary>How many descriptors this process may have open: RLIMIT_NOFILE, getrlimit(2).</summary>
public static unsafe class OpenFilesLimit
{
    private const int RLIMIT_NOFILE = 7;

    /// <summary>As many as its hard limit allows, which is anybody's right. Returns what the limits were.</summary>
    /// <exception cref="LinuxException">The kernel does not say.</exception>
    public static (ulong Soft, ulong Hard) Raise()
    {
        var limit = stackalloc ulong[2];
        var result = (int)RawSyscall.Invoke(Nr.prlimit64, 0, RLIMIT_NOFILE, 0, (nint)limit);
        if (result < 0)
        {
            throw new LinuxException("prlimit64", -result, "RLIMIT_NOFILE");
        }

        var before = (limit[0], limit[1]);
        limit[0] = limit[1];
        RawSyscall.Invoke(Nr.prlimit64, 0, RLIMIT_NOFILE, (nint)limit);
        return before;
    }
}
