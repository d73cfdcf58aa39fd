using System.Globalization;

namespace Devoxx.Supervisor.Networks;

/// <summary>Who holds a port of this machine: for the message to whoever wanted it.</summary>
internal static class PortHolders
{
    /// <summary>e.g. <c>nginx (pid 4711)</c>; null when nobody is found: processes come and go meanwhile.</summary>
    /// <param name="protocol">tcp, udp or sctp.</param>
    public static string? Find(int port, string protocol)
    {
        var inodes = new[] { protocol, protocol + "6" }
            .Select(table => "/proc/net/" + table).Where(File.Exists)
            .SelectMany(table => InodesOf(File.ReadLines(table), port, listeningOnly: protocol == "tcp"))
            .Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        if (inodes.Count == 0)
        {
            return null;
        }

        string? found = null;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Holds(directory, inodes))
            {
                found = Describe(directory, pid, out var isMonitor);
                if (isMonitor)
                {
                    return found;
                }
            }
        }

        return found;
    }

    /// <summary>Sockets of a table of /proc/net that are bound to the port (proc_net_tcp(5)): the state <c>0A</c> is that of one that listens.</summary>
    public static IEnumerable<string> InodesOf(IEnumerable<string> table, int port, bool listeningOnly)
    {
        var wanted = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in table.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[1].EndsWith(":" + wanted, StringComparison.Ordinal) && (!listeningOnly || fields[3] is "0A" or "07") && fields[9] != "0")
            {
                yield return fields[9];
            }
        }
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(process + "/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A monitor of this program holds the ports of its container: then it is the container that people know.</summary>
    private static string Describe(string process, int pid, out bool isMonitor)
    {
        isMonitor = false;
        try
        {
            var arguments = File.ReadAllText(process + "/cmdline").TrimEnd('\0').Split('\0');
            isMonitor = arguments is ["devoxx-runtime", "monitor", ..];
            var name = File.ReadAllText(process + "/comm").Trim();
            return isMonitor ? $"container {arguments[^1][..Math.Min(12, arguments[^1].Length)]} of devoxx-compose (pid {pid})" : $"{name} (pid {pid})";
        }
        catch (IOException)
        {
            return $"pid {pid}";
        }
    }
}
