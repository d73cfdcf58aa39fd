using System.Text;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Mounts;

namespace Devoxx.Native.Tests.Cgroups;

/// <summary>Hosts made of plain directories: what would be written to the kernel can be read, and what it would tell can be written.</summary>
internal static class FixtureHost
{
    public static CgroupHost V2(TempDirectory directory, string controllers = "cpuset cpu io memory pids")
    {
        directory.Write("unified/cgroup.controllers", controllers + "\n");
        return Of($"30 25 0:26 / {directory["unified"]} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
    }

    public static CgroupHost V1(TempDirectory directory, params string[] hierarchies)
    {
        var number = 30;
        var table = new StringBuilder();
        foreach (var hierarchy in hierarchies)
        {
            Directory.CreateDirectory(directory[hierarchy]);
            table.Append($"{number++} 25 0:{number} / {directory[hierarchy]} rw - cgroup cgroup rw,{hierarchy}\n");
        }

        return Of(table.ToString());
    }

    public static CgroupHost Of(string mountInfo) => CgroupHost.Over(MountTable.Parse(Encoding.UTF8.GetBytes(mountInfo)));
}
