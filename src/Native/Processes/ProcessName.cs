using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>The name of this process in <c>/proc/&lt;pid&gt;/comm</c>: of a program started by descriptor it would be a number.</summary>
public static unsafe class ProcessName
{
    /// <param name="name">The kernel keeps its first 15 bytes.</param>
    public static void Set(string name)
    {
        const int PR_SET_NAME = 15;
        fixed (byte* p = Encoding.UTF8.GetBytes(name + "\0"))
        {
            _ = RawSyscall.Invoke(Nr.prctl, PR_SET_NAME, (nint)p);
        }
    }
}
