using System.Runtime.InteropServices;

namespace Devoxx.Runtime.Launch;

/// <summary>A handler that ends the process with 128 and the signal's number: signals.c.</summary>
internal static partial class EndingHandler
{
    /// <summary>As rt_sigaction(2) takes it. Only in the published executable, which has it linked in.</summary>
    public static nint Address => Get();

    [LibraryImport("signals", EntryPoint = "devoxx_ending_handler")]
    private static partial nint Get();
}
