using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// A new time namespace (time_namespaces(7)): made for the children of the child, given its offsets, which the kernel takes only as long as nobody is in it,
/// and then entered by the child itself, which has one thread.
/// </summary>
internal static class TimeNamespace
{
    public static void Build(OperationList operations, IReadOnlyDictionary<string, TimeOffset>? offsets)
    {
        const nint Flag = (nint)(ulong)CloneFlags.CLONE_NEWTIME;
        operations.Syscall(Nr.unshare, "unshare", null, "CLONE_NEWTIME", Flag);
        if (offsets is { Count: > 0 })
        {
            var settings = new KernelSettings(operations);
            foreach (var (clock, offset) in offsets)
            {
                RequireClock(clock);
                settings.SetTimeOffset(clock, offset);
            }

            settings.Close();
        }

        const string Path = "/proc/self/ns/time_for_children";
        var fd = operations.NewSlot();
        operations.Syscall(Nr.openat, "open", Path, null, AT_FDCWD, operations.Text(Path), O_RDONLY | O_CLOEXEC).Into(fd);
        operations.Syscall(Nr.setns, "setns", Path, "CLONE_NEWTIME", fd, Flag);
        operations.Syscall(Nr.close, "close", Path, null, fd);
    }

    private static void RequireClock(string clock)
    {
        if (clock is not ("monotonic" or "boottime"))
        {
            throw new SetupException($"linux.timeOffsets: '{clock}' is none of monotonic and boottime");
        }
    }
}
