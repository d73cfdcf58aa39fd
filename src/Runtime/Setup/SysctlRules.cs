namespace Devoxx.Runtime.Setup;

/// <summary>Which kernel settings belong to a namespace (sysctl(8) names); all others would change the host and are refused.</summary>
internal static class SysctlRules
{
    private static readonly string[] Ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    /// <param name="has">Whether the container has a namespace of this type of its own.</param>
    public static void RequireNamespaced(string name, Func<string, bool> has)
    {
        var dotted = Dotted(name);
        var owner = dotted switch
        {
            "kernel.hostname" => throw new SetupException($"sysctl {name}: use hostname"),
            "kernel.domainname" => "uts",
            _ when Array.IndexOf(Ipc, dotted) >= 0 || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal) => "ipc",
            _ when dotted.StartsWith("net.", StringComparison.Ordinal) => "network",
            _ when dotted.StartsWith("user.", StringComparison.Ordinal) => "user",
            _ => null,
        };
        if (owner is null)
        {
            throw new SetupException($"sysctl {name}: not of a namespace, it would change the host");
        }

        if (!has(owner))
        {
            throw new SetupException($"sysctl {name}: the container has no {owner} namespace of its own, it would change the host");
        }
    }

    /// <summary>
    /// The path below <c>/proc/sys</c>. As sysctl(8): the first separator decides; written with dots, a slash stands for a dot inside a name
    /// (<c>net.ipv4.conf.eth0/1.rp_filter</c>).
    /// </summary>
    public static string PathOf(string name)
    {
        var path = IsDotted(name) ? string.Create(name.Length, name, Swap) : name;
        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                throw new SetupException($"sysctl '{name}' is no name of a setting");
            }
        }

        return path;
    }

    private static string Dotted(string name) => IsDotted(name) ? name : string.Create(name.Length, name, Swap);

    private static bool IsDotted(string name)
    {
        var first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '.';
    }

    private static void Swap(Span<char> target, string name)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = name[i] switch { '.' => '/', '/' => '.', var c => c };
        }
    }
}
