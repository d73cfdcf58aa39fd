using System.Globalization;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Containers;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Supervisor.Networks;

/// <summary>Gets back, from the monitor of a run that goes on, the sockets that it was given to keep.</summary>
internal static class MonitorSockets
{
    /// <exception cref="IOException">The monitor is gone, or not to be looked into.</exception>
    public static IReadOnlyList<SafeFileHandle> Take(RunningProcess process)
    {
        using var monitor = new ProcessIdentity(process.MonitorPid, process.MonitorStartTime, process.BootId).OpenIfAlive()
            ?? throw new IOException("its monitor is gone");
        var taken = new List<SafeFileHandle>();
        foreach (var entry in Directory.EnumerateFileSystemEntries($"/proc/{process.MonitorPid}/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= PortReservation.FirstFd
                && new FileInfo(entry).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true
                && PidFdFiles.TryTake(monitor, number) is { } socket)
            {
                taken.Add(socket);
            }
        }

        return taken;
    }
}
