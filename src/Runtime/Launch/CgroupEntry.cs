using System.Runtime.InteropServices;
using Devoxx.Native.Cgroups;

namespace Devoxx.Runtime.Launch;

/// <summary>The cgroup of a container while its first process is made: opened, or made when nobody has made it yet.</summary>
internal sealed class CgroupEntry : IDisposable
{
    private readonly CgroupJoin _join;

    private CgroupEntry(Cgroup cgroup, bool created)
    {
        Cgroup = cgroup;
        Created = created;
        _join = cgroup.OpenForJoin();
        var tasks = new int[_join.V1Tasks.Count];
        for (var i = 0; i < tasks.Length; i++)
        {
            tasks[i] = Number(_join.V1Tasks[i]);
        }

        Tasks = tasks;
    }

    public Cgroup Cgroup { get; }

    /// <summary>Whether it was made here, and so is to be removed here.</summary>
    public bool Created { get; }

    /// <summary>For CLONE_INTO_CGROUP; −1 where there is no v2 hierarchy.</summary>
    public int Directory => _join.V2Directory is { } directory ? Number(directory) : -1;

    /// <summary>Descriptors of v1 <c>tasks</c> files.</summary>
    public IReadOnlyList<int> Tasks { get; }

    /// <param name="limits">What it is going to be limited to: decides which hierarchies it is made in.</param>
    /// <param name="everywhere">In every hierarchy of the host: see <see cref="Cgroup.Create"/>.</param>
    public static CgroupEntry Open(string path, CgroupLimits? limits = null, bool everywhere = false)
    {
        var host = CgroupHost.Detect();
        if (Cgroup.OpenExisting(host, path) is { IsInUse: true } existing)
        {
            return new CgroupEntry(existing, created: false);
        }

        try
        {
            return new CgroupEntry(Cgroup.Create(host, path, limits, everywhere), created: true);
        }
        catch
        {
            // Made in some hierarchies and not in others: nobody would know that it is there.
            Cgroup.OpenExisting(host, path)?.Remove();
            throw;
        }
    }

    /// <summary>One that systemd has just made, in hierarchies of its choice; made by us in those that it has none in but the container needs.</summary>
    public static CgroupEntry OfScope(string path, CgroupLimits limits, bool everywhere)
    {
        var host = CgroupHost.Detect();
        Cgroup.Create(host, path, limits, everywhere);
        return new CgroupEntry(Cgroup.OpenExisting(host, path)!, created: true);
    }

    public void Dispose() => _join.Dispose();

    private static int Number(SafeHandle handle) => (int)handle.DangerousGetHandle();
}
