using System.Diagnostics;
using Xunit;

namespace Devoxx.Scenarios.World;

/// <summary>
/// A time of day that a scenario sets for the commands and supervisors that it starts, and for nobody else: a library before libc
/// (LD_PRELOAD, ld.so(8)) adds to what clock_gettime(2) says of CLOCK_REALTIME, and of no other clock. How far is in a file that is mapped.
/// </summary>
public sealed class SettableClock
{
    private const string Library = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile int64_t *ahead;

        __attribute__((constructor)) static void map(void)
        {
            int fd = open(getenv("SETTABLE_CLOCK"), O_RDONLY | O_CLOEXEC);
            ahead = mmap(0, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0);
            close(fd);
        }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && ahead)
                now->tv_sec += *ahead;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone)
        {
            struct timespec at;
            clock_gettime(CLOCK_REALTIME, &at);
            now->tv_sec = at.tv_sec;
            now->tv_usec = at.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *now)
        {
            struct timespec at;
            clock_gettime(CLOCK_REALTIME, &at);
            if (now)
                *now = at.tv_sec;
            return at.tv_sec;
        }
        """;

    private readonly string file;

    /// <summary>Whoever the sandbox starts from here on goes by this clock; it is right to begin with.</summary>
    public SettableClock(Sandbox sandbox)
    {
        file = sandbox.Directory + "/clock";
        Set(TimeSpan.Zero);
        var library = sandbox.Directory + "/clock.so";
        using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", library, sandbox.Write(Library, "clock.c")]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        sandbox.Variables["SETTABLE_CLOCK"] = file;
        sandbox.Variables["LD_PRELOAD"] = library;
    }

    /// <param name="ahead">Of the true time; less than nothing: behind it.</param>
    public void Set(TimeSpan ahead)
    {
        // In place: the file is mapped.
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(BitConverter.GetBytes((long)ahead.TotalSeconds));
    }
}
