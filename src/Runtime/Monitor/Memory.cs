using System.Runtime.InteropServices;
using Devoxx.Native;

namespace Devoxx.Runtime.Monitor;

/// <summary>Memory by mmap(2): touched pages only cost, and they can be given back.</summary>
internal static unsafe partial class Memory
{
    public static void* Reserve(int bytes)
    {
        const int PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000;
        var address = RawSyscall.Invoke(Nr.mmap, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
        return address is < 0 and > -4096 ? throw new LinuxException("mmap", (int)-address, $"{bytes} bytes") : (void*)address;
    }

    public static void Release(void* address, int bytes)
    {
        const int MADV_DONTNEED = 4;
        RawSyscall.Invoke(Nr.madvise, (nint)address, bytes, MADV_DONTNEED);
    }

    /// <summary>After a phase whose memory is not needed again: both heaps keep only what is used.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = malloc_trim(0);
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
