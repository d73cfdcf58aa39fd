using System.Runtime.InteropServices;

namespace Devoxx.Native.Files;

/// <summary>
/// The calling thread's errno, read right after a blittable call: no marshalling stub stands between (the runtime keeps errno
/// over the wait for a collection that a returning call may run into).
/// </summary>
internal static unsafe class LastErrno
{
    [DllImport("libc"), SuppressGCTransition]
    private static extern int* __errno_location();

    public static int Value => *__errno_location();
}
