using Devoxx.Native.Files;

namespace Devoxx.Supervisor.Networks;

/// <summary>
/// The kernel's switches for routing between interfaces. They are the host's, not ours: before the first network what they say is
/// written down, and after the last it is put back. Several supervisors share the note (<c>/run/devoxx-forwarding</c>), because the
/// one who leaves first must not stop the traffic of the others.
/// </summary>
/// <param name="owner">The state root's name.</param>
/// <param name="linkPrefix">What its interfaces' names begin with.</param>
internal sealed class HostForwarding(string owner, string linkPrefix, string directory = HostForwarding.Directory)
{
    public const string Directory = "/run/devoxx-forwarding";

    /// <summary>Switching one of them on changes the others: the kernel sets every interface to it, and the redirects with it.</summary>
    private static readonly string[] Switches = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"];

    private readonly Lock gate = new();
    private readonly HashSet<string> networks = new(StringComparer.Ordinal);

    /// <summary>A network needs routing; may be said twice.</summary>
    public void Acquire(string network, bool ipv6)
    {
        lock (gate)
        {
            networks.Add(network);
            System.IO.Directory.CreateDirectory(directory);
            using var alone = FileLock.Acquire(directory + "/lock");
            foreach (var path in Switches.Where(s => File.Exists(s) && (ipv6 || !s.Contains("ipv6", StringComparison.Ordinal))))
            {
                SwitchOn(path);
            }

            File.WriteAllText(HolderPath, linkPrefix);
        }
    }

    /// <summary>It needs it no more.</summary>
    public void Release(string network)
    {
        lock (gate)
        {
            networks.Remove(network);
            if (networks.Count > 0 || !System.IO.Directory.Exists(directory))
            {
                return;
            }

            using var alone = FileLock.Acquire(directory + "/lock");
            File.Delete(HolderPath);
            if (System.IO.Directory.GetFiles(directory, "holder-*").Any(Lives))
            {
                return;
            }

            foreach (var note in System.IO.Directory.GetFiles(directory, "before-*"))
            {
                PutBack(note);
                File.Delete(note);
            }
        }
    }

    /// <summary>A state root that was deleted without a <c>down</c> has no interface any more; one that just begins may have none yet.</summary>
    private static bool Lives(string holder)
    {
        var lives = File.GetLastWriteTimeUtc(holder) > DateTime.UtcNow - TimeSpan.FromMinutes(1)
            || System.IO.Directory.GetFileSystemEntries("/sys/class/net", File.ReadAllText(holder) + "*").Length > 0;
        if (!lives)
        {
            File.Delete(holder);
        }

        return lives;
    }

    private string HolderPath => $"{directory}/holder-{owner}";

    private void SwitchOn(string path)
    {
        if (File.ReadAllText(path).Trim() == "1")
        {
            return;
        }

        var note = $"{directory}/before-{(path.Contains("ipv6", StringComparison.Ordinal) ? "ipv6" : "ipv4")}";
        if (!File.Exists(note))
        {
            AtomicFile.Write(note, System.Text.Encoding.ASCII.GetBytes(string.Join('\n', Affected(path).Prepend(path).Select(p => $"{p} {File.ReadAllText(p).Trim()}")) + "\n"), durable: false);
        }

        File.WriteAllText(path, "1\n");
    }

    private static IEnumerable<string> Affected(string path)
    {
        var version = path.Contains("ipv6", StringComparison.Ordinal) ? "ipv6" : "ipv4";
        var interfaces = System.IO.Directory.GetDirectories($"/proc/sys/net/{version}/conf");
        return version == "ipv4"
            ? interfaces.Select(i => i + "/forwarding").Append("/proc/sys/net/ipv4/conf/all/accept_redirects")
            : interfaces.Where(i => !i.EndsWith("/all", StringComparison.Ordinal)).Select(i => i + "/forwarding");
    }

    private static void PutBack(string note)
    {
        foreach (var line in File.ReadAllLines(note))
        {
            var (path, value) = line.Split(' ', 2) is [var p, var v] ? (p, v) : throw new IOException($"{note}: cannot be read");
            if (File.Exists(path) && File.ReadAllText(path).Trim() != value)
            {
                File.WriteAllText(path, value + "\n");
            }
        }
    }
}
