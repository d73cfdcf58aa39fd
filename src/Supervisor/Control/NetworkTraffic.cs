using System.Globalization;

namespace Devoxx.Supervisor.Control;

/// <summary>Bytes over the links of a network namespace, loopback left out.</summary>
internal sealed record NetworkTraffic(long Received, long Sent)
{
    /// <summary>Of the namespace that a process is in; null when there is no link but loopback, or no such process.</summary>
    public static NetworkTraffic? Of(int pid)
    {
        try
        {
            return Parse(File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/net/dev"));
        }
        catch (IOException)
        {
            // It has ended meanwhile: its namespace is gone with it.
            return null;
        }
    }

    /// <summary>Two lines of headings, then <c>eth0: received-bytes packets errs drop fifo frame compressed multicast sent-bytes …</c> (proc_pid_net(5)).</summary>
    public static NetworkTraffic? Parse(IEnumerable<string> lines)
    {
        NetworkTraffic? sum = null;
        foreach (var line in lines.Skip(2))
        {
            var colon = line.IndexOf(':');
            var fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (colon > 0 && fields.Length >= 9 && line.AsSpan(0, colon).Trim() is not "lo")
            {
                var (received, sent) = (long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[8], CultureInfo.InvariantCulture));
                sum = new NetworkTraffic((sum?.Received ?? 0) + received, (sum?.Sent ?? 0) + sent);
            }
        }

        return sum;
    }
}
