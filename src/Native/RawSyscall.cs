using System.Runtime.InteropServices;

namespace Devoxx.Native;

/// <summary>
/// syscall(2) itself, blittable and bound at link time, for the places that may neither allocate nor take a lock: the code
/// between clone3 and execve, where only the calling thread of the process exists. Everywhere else use a typed wrapper.
/// </summary>
public static unsafe class RawSyscall
{
    /// <summary>The result, or an error number negated. Does not let the garbage collector in: for calls that return soon.</summary>
    public static nint Invoke(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        var result = Unsuspended(number, a, b, c, d, e, f);
        return result == -1 ? -*ErrnoLocation() : result;
    }

    /// <summary>As <see cref="Invoke"/>, for calls that may block for long in a process with other threads.</summary>
    public static nint InvokeBlocking(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        var result = Suspended(number, a, b, c, d, e, f);
        return result == -1 ? -Marshal.GetLastSystemError() : result;
    }

    [DllImport("libc", EntryPoint = "syscall"), SuppressGCTransition]
    private static extern nint Unsuspended(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Suspended(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [DllImport("libc", EntryPoint = "__errno_location"), SuppressGCTransition]
    private static extern int* ErrnoLocation();
}
