using System.Runtime.InteropServices;

namespace Devoxx.Native.Files;

/// <summary>renameat(2).</summary>
internal static unsafe partial class Renameat
{
    [DllImport("libc")]
    private static extern int renameat(int fromDirectory, byte* from, int toDirectory, byte* to);

    /// <returns>0 or the negative errno.</returns>
    public static int Call(int fromDirectory, byte* from, int toDirectory, byte* to) =>
        renameat(fromDirectory, from, toDirectory, to) < 0 ? -LastErrno.Value : 0;
}
