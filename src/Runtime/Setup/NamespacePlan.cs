using Devoxx.Native;
using Devoxx.Native.Namespaces;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>Which namespaces are made with the child, which it joins, and which it shares with the host.</summary>
internal sealed class NamespacePlan
{
    private readonly List<(NamespaceKind Kind, string Path)> _joined = [];

    public NamespacePlan(IReadOnlyList<Namespace>? namespaces)
    {
        foreach (var entry in namespaces ?? [])
        {
            var kind = NamespaceKind.Of(entry.Type) ?? throw new SetupException($"'{entry.Type}' is no type of namespace");
            if (((New | JoinedFlags) & kind.Flag) != 0)
            {
                throw new SetupException($"linux.namespaces has '{entry.Type}' twice");
            }

            if (entry.Path is { Length: > 0 } path)
            {
                _joined.Add((kind, path));
                JoinedFlags |= kind.Flag;
            }
            else
            {
                New |= kind.Flag;
            }
        }
    }

    /// <summary>All that are new.</summary>
    public CloneFlags New { get; private set; }

    public CloneFlags JoinedFlags { get; private set; }

    /// <summary>
    /// For clone3. Not the cgroup namespace: its root is the cgroup of whoever makes it, and that is the right one only after the child has joined.
    /// </summary>
    public CloneFlags ForClone => New & ~(CloneFlags.CLONE_NEWCGROUP | CloneFlags.CLONE_NEWTIME | AfterJoin);

    /// <summary>Those that the child makes itself once it is in the user namespace that it joins: they must belong to that one, or its root could mount nothing there.</summary>
    public CloneFlags AfterJoin => (JoinedFlags & CloneFlags.CLONE_NEWUSER) == 0 ? 0
        : New & (CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_NEWUTS | CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWNET | CloneFlags.CLONE_NEWPID);

    /// <summary>Whether the first process is a child of the one that we make: only children are put into a pid namespace (unshare(2)).</summary>
    public bool Forks => (AfterJoin & CloneFlags.CLONE_NEWPID) != 0;

    public bool Has(string name) => NamespaceKind.Of(name) is { } kind && ((New | JoinedFlags) & kind.Flag) != 0;

    /// <summary>Whether the container has a user namespace, new or joined.</summary>
    public bool HasUser => ((New | JoinedFlags) & CloneFlags.CLONE_NEWUSER) != 0;

    public bool IsNew(CloneFlags flag) => (New & flag) != 0;

    /// <summary>The pid namespace to enter before clone3, because only children of the caller are put into it (setns(2)).</summary>
    public string? JoinedPid
    {
        get
        {
            foreach (var (kind, path) in _joined)
            {
                if (kind.Flag == CloneFlags.CLONE_NEWPID)
                {
                    return path;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Root of the host may join all others, whoever owns them, until it has given its rights up for those in the user namespace; who is no root has rights only there. In
    /// another mount namespace the paths of the others may not be there.
    /// </summary>
    private static int Place(CloneFlags kind) => kind switch
    {
        CloneFlags.CLONE_NEWUSER => Environment.IsPrivilegedProcess ? 3 : 0,
        CloneFlags.CLONE_NEWNS => 2,
        _ => 1,
    };

    /// <summary>The child joins the others by path.</summary>
    public void Join(OperationList operations)
    {
        foreach (var kind in NamespaceKind.All.OrderBy(kind => Place(kind.Flag)))
        {
            foreach (var (joined, path) in _joined)
            {
                if (joined != kind || kind.Flag == CloneFlags.CLONE_NEWPID)
                {
                    continue;
                }

                var fd = operations.NewSlot();
                operations.Syscall(Nr.openat, "open", path, null, AT_FDCWD, operations.Text(path), O_RDONLY | O_CLOEXEC).Into(fd);
                operations.Syscall(Nr.setns, "setns", path, kind.Flag.ToString(), fd, (nint)(ulong)kind.Flag);
                operations.Syscall(Nr.close, "close", path, null, fd);
            }
        }
    }
}
