namespace Devoxx.Native.Capabilities;

/// <summary>Capabilities by number (capabilities(7), linux/capability.h), and sets of them as 64 bits.</summary>
public static class Capability
{
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>How many this page knows; the kernel may know fewer.</summary>
    public static int Count => Names.Length;

    /// <summary>All that this page knows.</summary>
    public static ulong All => (1UL << Names.Length) - 1;

    /// <summary>The number of <c>CAP_NET_RAW</c> or <c>net_raw</c>; null for a name that does not exist.</summary>
    public static int? Parse(string name)
    {
        var bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name.AsSpan(4) : name;
        for (var i = 0; i < Names.Length; i++)
        {
            if (bare.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary><c>CAP_NET_RAW</c> for 13.</summary>
    public static string Name(int capability) => "CAP_" + Names[capability];

    /// <summary>The set of these names; <see cref="FormatException"/> names one that does not exist.</summary>
    public static ulong Set(IEnumerable<string>? names)
    {
        var set = 0UL;
        foreach (var name in names ?? [])
        {
            set |= 1UL << (Parse(name) ?? throw new FormatException($"'{name}' is no capability"));
        }

        return set;
    }
}
