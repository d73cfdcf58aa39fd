namespace Devoxx.Native.Namespaces;

/// <summary>A kind of namespace (namespaces(7)): its name in config.json, its file below <c>/proc/&lt;pid&gt;/ns</c> and its flag.</summary>
public sealed record NamespaceKind(string Name, string File, CloneFlags Flag)
{
    /// <summary>In the order in which they are to be joined: user first, because it grants the right to the others.</summary>
    public static IReadOnlyList<NamespaceKind> All { get; } =
    [
        new("user", "user", CloneFlags.CLONE_NEWUSER),
        new("cgroup", "cgroup", CloneFlags.CLONE_NEWCGROUP),
        new("ipc", "ipc", CloneFlags.CLONE_NEWIPC),
        new("uts", "uts", CloneFlags.CLONE_NEWUTS),
        new("network", "net", CloneFlags.CLONE_NEWNET),
        new("pid", "pid", CloneFlags.CLONE_NEWPID),
        new("time", "time", CloneFlags.CLONE_NEWTIME),
        new("mount", "mnt", CloneFlags.CLONE_NEWNS),
    ];

    /// <summary>The kind that config.json calls so, or null.</summary>
    public static NamespaceKind? Of(string name)
    {
        foreach (var kind in All)
        {
            if (kind.Name == name)
            {
                return kind;
            }
        }

        return null;
    }
}
