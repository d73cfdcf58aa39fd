namespace Devoxx.Native.Cgroups;

/// <summary>
/// The freezer of version 1 on a host that has both: a container is in none of its cgroups unless somebody else has put it there. Documentation/admin-guide/cgroup-v1/
/// freezer-subsystem.rst.
/// </summary>
public static class ForeignFreezer
{
    private const string State = "freezer.state", Thawed = "THAWED";

    /// <summary>Whether the process stands still, or is being made to, by it.</summary>
    public static bool Holds(CgroupHost host, int pid) => Of(host, pid)?.TryRead(State) is { } state && state != Thawed;

    /// <summary>Lets the process go on, and what is in its cgroup with it.</summary>
    public static void Release(CgroupHost host, int pid) => Of(host, pid)?.TryWrite(State, Thawed);

    // Null too for the root, which cannot be frozen, and a process that is gone.
    private static CgroupDirectory? Of(CgroupHost host, int pid)
    {
        if (!host.V1.TryGetValue("freezer", out var mountPoint) || new CgroupDirectory($"/proc/{pid}").TryRead("cgroup") is not { } lines)
        {
            return null;
        }

        foreach (var line in lines.Split('\n'))
        {
            // As cgroups(7) has it: "5:cpu,freezer:/a/b".
            if (line.Split(':', 3) is [_, var controllers, ['/', _, ..] path] && controllers.Split(',').Contains("freezer"))
            {
                return new CgroupDirectory(mountPoint + path);
            }
        }

        return null;
    }
}
