using System.Globalization;
using System.Text;
using Devoxx.Native.Files;

namespace Devoxx.Runtime.Containers;

/// <summary>The file of <c>--pid-file</c>.</summary>
internal static class PidFile
{
    private const uint Mode = 0x1a4 /* 0644 */;

    /// <summary>Writes it whole or not at all: an engine that waits for it to appear never reads half a number.</summary>
    public static void Write(string path, int pid) =>
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)), Mode, durable: false);
}
