namespace Devoxx.Runtime.Setup;

/// <summary>What may be mounted over or inside <c>/proc</c>: what is written there must reach procfs itself (CVE-2019-16884, CVE-2025-52881).</summary>
internal static class ProcRules
{
    /// <summary>Files that lxcfs and its like put in place; reading them is all that happens to them.</summary>
    private static readonly string[] Replaceable =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
        "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ];

    /// <param name="destination">Absolute and clean.</param>
    /// <param name="source">Of a bind mount, else null.</param>
    public static void RequireAllowed(string destination, string? source, bool isProc)
    {
        if (!ContainerPath.IsAtOrBelow(destination, "/proc"))
        {
            return;
        }

        var allowed = destination == "/proc" ? isProc || source is "/proc" : Array.IndexOf(Replaceable, destination) >= 0;
        if (!allowed)
        {
            throw new SetupException($"mount on {destination}: only a proc filesystem may be mounted on /proc, and nothing inside it");
        }
    }
}
