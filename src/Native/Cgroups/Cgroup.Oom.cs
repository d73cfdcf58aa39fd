using Devoxx.Native.Files;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups;

public sealed partial class Cgroup
{
    /// <summary>
    /// A handle that becomes readable when the cgroup runs out of memory (and, on version 1, when it is removed). It says "look":
    /// what happened is told by <see cref="CgroupStats.OomKills"/>. Null where there is no memory controller.
    /// </summary>
    /// <exception cref="LinuxException">The watch cannot be set up.</exception>
    public OomWatch? WatchOom()
    {
        if (With("memory") is not { } directory)
        {
            return null;
        }

        if (directory == Unified)
        {
            var inotify = new Inotify();
            inotify.Watch(directory.File("memory.events"), InotifyMask.Modify);
            return new OomWatch(inotify);
        }

        // Documentation/admin-guide/cgroup-v1/memory.rst, 10: "<event_fd> <fd of memory.oom_control>" to cgroup.event_control.
        var number = FileCalls.Result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (number < 0)
        {
            throw new LinuxException("eventfd", -number);
        }

        var counter = FileCalls.Own(number);
        try
        {
            using var control = Open(directory.File("memory.oom_control"), O_RDONLY);
            directory.Write("cgroup.event_control", $"{number} {FileCalls.Number(control)}");
            return new OomWatch(counter);
        }
        catch
        {
            counter.Dispose();
            throw;
        }
    }
}
