namespace Devoxx.Native.Processes;

/// <summary>
/// Time since the machine was booted, asleep or not: CLOCK_BOOTTIME of clock_gettime(2), which nobody can set. The start times of processes
/// are on it, so that how long one has run is known whatever has become of the time of day.
/// </summary>
public static class BootClock
{
    /// <summary>USER_HZ, which is 100 on every architecture that .NET knows.</summary>
    private const double TicksPerSecond = 100;

    public static unsafe TimeSpan Now
    {
        get
        {
            const int CLOCK_BOOTTIME = 7;
            var time = stackalloc long[2];
            RawSyscall.Invoke(Nr.clock_gettime, CLOCK_BOOTTIME, (nint)time);
            return TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <summary>Clock ticks of procfs, <see cref="ProcessStat.StartTime"/> for one, as time since boot.</summary>
    public static TimeSpan Of(ulong ticks) => TimeSpan.FromSeconds(ticks / TicksPerSecond);
}
